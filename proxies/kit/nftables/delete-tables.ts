/** What `--cleanup` does: no table of ours stays. */
import type { NftFamily } from './model.ts';
import { isMissing, NftError, type NftConnection } from './nft-connection.ts';
import { nftWriter } from './write.ts';

/** The families that proxies write tables of. */
const families: readonly NftFamily[] = ['ip', 'ip6'];

/**
 * Deletes the tables of that name, where there are any.
 *
 * @returns those that there were
 */
export async function deleteTables(
  connection: NftConnection,
  name: string,
): Promise<readonly string[]> {
  const deleted: string[] = [];
  for (const family of families) {
    try {
      await connection.run(nftWriter(family, name).deleteTable());
      deleted.push(`${family} ${name}`);
    } catch (error) {
      if (!(error instanceof NftError && isMissing(error))) throw error;
    }
  }
  return deleted;
}
