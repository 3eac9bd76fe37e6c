/** `--cleanup`: nothing of what the dataplane writes stays in the kernel. */
import { klogLine } from '../../kit/klog.ts';
import { cleanUpTables } from '../../kit/nftables/clean-up.ts';
import { KernelRouting } from './kernel-routing.ts';
import { tableName } from './layout.ts';
import { poolNetworks } from './pool-networks.ts';

/**
 * Removes tables, rules, routes and answers for neighbours, and says so; also where there was nothing to do.
 *
 * @param addressPools answers for their addresses are ours
 * @throws Error where nftables is not to be had
 */
export async function cleanUp(
  addressPools: readonly string[],
  log: (line: string) => void,
): Promise<void> {
  await cleanUpTables(tableName, log);
  await using routing = new KernelRouting(poolNetworks(addressPools), null);
  const count = await routing.clear();
  const done =
    count === 0
      ? 'Nothing to remove from the routing'
      : `Removed ${count} of the routing's rules, routes and neighbours`;
  log(klogLine('I', 'hop', done));
}
