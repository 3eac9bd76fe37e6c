/** Takes clients out of `affinity` that are remembered with an endpoint that is gone. */
import { NftError, type NftConnection } from '../../kit/nftables/nft-connection.ts';
import type { Family } from '../service-port.ts';
import type { Committer } from './committer.ts';
import { listElements, type ListedElements } from './kernel-state.ts';
import { nftFamily } from './layout.ts';

/** An entry may time out between the list and the delete, which then fails. */
const attempts = 3;

/**
 * Costs a list of the map: called where endpoints left, after that was committed.
 *
 * @param endpointsById the endpoints that may be remembered, by id
 */
export async function forgetClients(
  { connection, family }: { readonly connection: NftConnection; readonly family: Family },
  committer: Committer,
  endpointsById: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { endpoints, ports } = await remembered(connection, family);
    for (const [key, { data }] of endpoints) {
      const id = key.slice(key.lastIndexOf(' ') + 1);
      const endpoint = ports === null ? data : `${data} . ${ports.get(key)?.data ?? ''}`;
      if (endpointsById.get(id)?.has(endpoint) === true) continue;
      committer.batch.delete('affinity', key);
      if (ports?.has(key) === true) committer.batch.delete('affinity-ports', key);
      await committer.commitIfLarge();
    }
    try {
      await committer.commit();
      return;
    } catch (error) {
      if (attempt === attempts || !(error instanceof NftError)) throw error;
    }
  }
}

interface Remembered {
  readonly endpoints: ListedElements;
  /** IPv6 keeps ports apart. */
  readonly ports: ListedElements | null;
}

async function remembered(connection: NftConnection, family: Family): Promise<Remembered> {
  const inKernel = nftFamily(family);
  return {
    endpoints: await listElements(connection, inKernel, 'map', 'affinity'),
    ports:
      family === 'IPv4' ? null : await listElements(connection, inKernel, 'map', 'affinity-ports'),
  };
}
