/** The dataplane that was asked for; of the other, nothing is loaded. */
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import { messageOf } from '../../kit/http/go-error.ts';
import type { Configuration } from '../config/configuration.ts';
import type { Dataplane } from '../forwarding.ts';

/** @throws ConfigurationError where it is not to be had here */
export async function loadDataplane(
  configuration: Configuration,
  log: (line: string) => void,
): Promise<Dataplane> {
  return loaders[configuration.dataplane](configuration, log);
}

type Load = (configuration: Configuration, log: (line: string) => void) => Promise<Dataplane>;

const loaders: Readonly<Record<Dataplane['kind'], Load>> = {
  userspace: async (_, log) => {
    const { createUserspaceDataplane } = await import('../userspace/userspace-dataplane.ts');
    return createUserspaceDataplane({ log });
  },
  nftables: async () => {
    throw new ConfigurationError('no-nftables', 'the nftables dataplane cannot be had');
  },
};

/** Or of what is installed. Other refusals say themselves what to do. */
const isMatterOfRights = /not permitted|permission denied|CAP_NET|libnftables|netfilter socket/i;

/** What to run instead, where it is a matter of rights. */
export function explained(error: unknown): unknown {
  if (error instanceof ConfigurationError) return error;
  const why = messageOf(error);
  if (!isMatterOfRights.test(why)) return error;
  return new ConfigurationError('no-nftables', `the nftables dataplane cannot be had: ${why}`);
}
