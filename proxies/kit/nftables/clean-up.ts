/** `--cleanup` of a command: nothing of what it writes stays in the kernel. */
import { klogLine } from '../klog.ts';
import { openNftConnection } from './connection.ts';
import { deleteTables } from './delete-tables.ts';

/**
 * Says what it has done, also where there was nothing to do.
 *
 * @throws Error where nftables is not to be had
 */
export async function cleanUpTables(name: string, log: (line: string) => void): Promise<void> {
  await using connection = await openNftConnection();
  const deleted = await deleteTables(connection, name);
  const done =
    deleted.length === 0
      ? `Nothing to remove: there is no table ${name}`
      : `Removed ${deleted.length === 1 ? 'the table' : 'the tables'} ${deleted.join(' and ')}`;
  log(klogLine('I', 'hop', done));
}
