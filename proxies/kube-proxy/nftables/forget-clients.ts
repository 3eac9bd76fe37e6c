/** Takes clients out of `affinity` that are remembered with an endpoint that is gone. */
import type { NftConnection } from '../../kit/nftables/nft-connection.ts';
import type { Family } from '../service-port.ts';
import type { Committer } from './committer.ts';
import { listElements, type ListedElement, type ListedElements } from './kernel-state.ts';
import type { CollectionName } from './layout-facts.ts';
import { nftFamily } from './layout.ts';

/** What ends within this may have ended by the time it is deleted. */
const soonS = 60;

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
  const { endpoints, ports } = await remembered(connection, family);
  const forget = (collection: CollectionName, key: string, { data, expiresInS }: ListedElement) => {
    if (expiresInS === undefined || expiresInS >= soonS) committer.batch.delete(collection, key);
    else committer.batch.forget(collection, key, data);
  };
  for (const [key, remembered] of endpoints) {
    const id = key.slice(key.lastIndexOf(' ') + 1);
    const port = ports?.get(key);
    const endpoint = ports === null ? remembered.data : `${remembered.data} . ${port?.data ?? ''}`;
    if (endpointsById.get(id)?.has(endpoint) === true) continue;
    forget('affinity', key, remembered);
    if (port !== undefined) forget('affinity-ports', key, port);
    await committer.commitIfLarge();
  }
  await committer.commit();
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
