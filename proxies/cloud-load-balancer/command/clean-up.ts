/** `--cleanup`: nothing that a killed command has left stays on this machine. */
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import { messageOf } from '../../kit/http/go-error.ts';
import { klogLine } from '../../kit/klog.ts';
import { removeLocalAddresses, routeProtocols } from '../../kit/l4/local-addresses.ts';
import { beTheOnlyOne } from '../../kit/only-one.ts';
import { readPools } from '../config/address-pools.ts';
import { routesLock } from './own-pools.ts';

/**
 * Connections that still live lose their way, and end.
 *
 * @param pools `--address-pool`: what answers for their addresses is ours
 * @throws ConfigurationError where it may not be removed, or a load balancer would write it again
 */
export async function cleanUp(
  pools: readonly string[],
  log: (line: string) => void,
): Promise<void> {
  const addressPools = readPools(pools).map(({ text }) => text);
  const [{ cleanUp: cleanUpKernel }, { tableName }] = await Promise.all([
    import('../nftables/clean-up.ts'),
    import('../nftables/layout.ts'),
  ]);
  using owned = new DisposableStack();
  for (const name of [routesLock, `hop-${tableName}-nftables`]) {
    const alone = await beTheOnlyOne(name).catch(() => {
      throw new ConfigurationError('still-running', 'a hop cloud-lb runs on this machine');
    });
    owned.use(alone);
  }
  try {
    const count = await removeLocalAddresses(routeProtocols.cloudLoadBalancer);
    if (count > 0) log(klogLine('I', 'hop', `Removed addresses of this machine: ${count}`));
    await cleanUpKernel(addressPools, log);
  } catch (error) {
    const why = `what is left cannot be removed: ${messageOf(error)}`;
    throw new ConfigurationError('no-cleanup', why);
  }
}
