/** The dataplane that was asked for; of the other, nothing is loaded. */
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import { messageOf } from '../../kit/http/go-error.ts';
import type { Configuration } from '../config/configuration.ts';
import type { Dataplane } from '../forwarding.ts';
import { refuseWithoutRights } from './refuse-without-rights.ts';

export interface LoadDataplaneOptions {
  readonly warn: (text: string) => void;
  /** Gets the dataplane, and what is to be done once it has ended. */
  readonly owned: AsyncDisposableStack;
}

/** @throws ConfigurationError where it is not to be had here */
export async function loadDataplane(
  configuration: Configuration,
  options: LoadDataplaneOptions,
): Promise<Dataplane> {
  return loaders[configuration.dataplane](configuration, options);
}

type Load = (configuration: Configuration, options: LoadDataplaneOptions) => Promise<Dataplane>;

const loaders: Readonly<Record<Dataplane['kind'], Load>> = {
  userspace: async ({ pools }, { warn, owned }) => {
    await refuseWithoutRights(pools);
    const { createUserspaceDataplane } = await import('../userspace/userspace-dataplane.ts');
    return owned.use(await createUserspaceDataplane({ log: warn }));
  },
  nftables: async ({ pools, interfaceName }, { warn, owned }) => {
    const [{ createNftablesDataplane }, { cleanUp }] = await Promise.all([
      import('../nftables/nftables-dataplane.ts'),
      import('../nftables/clean-up.ts'),
    ]);
    const addressPools = pools.map(({ text }) => text);
    try {
      const dataplane = await createNftablesDataplane({
        addressPools,
        interface: interfaceName,
        log: warn,
      });
      // Another machine may have the addresses next: two must not answer for one.
      owned.defer(() => cleanUp(addressPools, () => undefined));
      return owned.use(dataplane);
    } catch (error) {
      throw explained(error);
    }
  },
};

/** Or of what is installed. Other refusals say themselves what to do. */
const isMatterOfRights =
  /not permitted|permission denied|EPERM|EACCES|CAP_NET|libnftables|netfilter/i;

/** What to run instead, where it is a matter of rights. */
function explained(error: unknown): unknown {
  const why = messageOf(error);
  if (why.startsWith('nftables: another hop cloud-lb'))
    return new ConfigurationError('another', why);
  if (!isMatterOfRights.test(why)) return error;
  return new ConfigurationError('no-nftables', `the nftables dataplane cannot be had: ${why}`);
}
