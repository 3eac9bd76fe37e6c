/** What `--cleanup` does: nothing of ours stays. */
import { NftError, type NftConnection } from '../../kit/nftables/nft-connection.ts';
import { nftWriter } from '../../kit/nftables/write.ts';
import type { Family } from '../service-port.ts';
import { isMissing } from './kernel-state.ts';
import { nftFamily, tableName } from './layout.ts';

/**
 * Deletes the tables of the families, where there are any.
 *
 * @returns those that there were
 */
export async function cleanupNftables(
  connection: NftConnection,
  families: readonly Family[],
): Promise<readonly string[]> {
  const deleted: string[] = [];
  for (const family of families) {
    try {
      await connection.run(nftWriter(nftFamily(family), tableName).deleteTable());
      deleted.push(`${nftFamily(family)} ${tableName}`);
    } catch (error) {
      if (!(error instanceof NftError && isMissing(error))) throw error;
    }
  }
  return deleted;
}
