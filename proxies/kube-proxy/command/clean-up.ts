/** `--cleanup`: nothing of kube-proxy's stays in the kernel. */
import { klogLine } from '../../kit/klog.ts';
import { families } from '../service-port.ts';
import { nftablesProblem } from './load-mode.ts';

/** @throws ConfigurationError where nftables is not to be had */
export async function cleanUp(log: (line: string) => void): Promise<void> {
  const { openNftConnection } = await import('../../kit/nftables/connection.ts');
  const { cleanupNftables } = await import('../nftables/cleanup.ts');
  await using connection = await openNftConnection().catch((error: unknown) => {
    throw nftablesProblem(error);
  });
  const deleted = await cleanupNftables(connection, families);
  const done =
    deleted.length === 0
      ? 'Nothing to remove: there is no table kube-proxy'
      : `Removed ${deleted.length === 1 ? 'the table' : 'the tables'} ${deleted.join(' and ')}`;
  log(klogLine('I', 'hop', done));
}
