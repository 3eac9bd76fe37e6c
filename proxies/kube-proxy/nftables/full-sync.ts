/**
 * The full sync: lists what is there, and brings it to what is wanted. What is right stays as it is, so that
 * nobody's connections notice a restart.
 */
import type { BaseHook, Chain } from '../../kit/nftables/model.ts';
import type { NftConnection } from '../../kit/nftables/nft-connection.ts';
import { kindOf, nftWriter, type NftWriter } from '../../kit/nftables/write.ts';
import type { Batch } from './batch.ts';
import type { Committer } from './committer.ts';
import {
  listElements,
  listTable,
  shapeOf,
  type ListedElements,
  type ListedTable,
} from './kernel-state.ts';
import {
  layout,
  nftFamily,
  tableComment,
  tableName,
  type Layout,
  type LayoutOptions,
} from './layout.ts';
import { writeInSteps } from './large-port.ts';
import type { CollectionName } from './layout-facts.ts';
import type { NodeElements } from './node-elements.ts';
import type { Found } from './endpoint-lists.ts';
import type { PortMirror } from './port-mirror.ts';
import type { SharedChainUses } from './shared-chain-uses.ts';
import { isSharedChain } from './shared-chains.ts';

export async function compareAll(
  options: LayoutOptions & { readonly connection: NftConnection },
  committer: Committer,
  mirror: PortMirror,
  chains: SharedChainUses,
  nodeElements: NodeElements,
): Promise<void> {
  const family = nftFamily(options.family);
  const writer = nftWriter(family, tableName);
  const wanted = layout(options);
  const listed = await listTable(options.connection, family);
  const isOurs = listed !== null && isOfThisLayout(listed, wanted);
  const found: Found = isOurs
    ? await listAll(options.connection, family, wanted, listed)
    : new Map();

  mirror.forgetKernel();
  chains.clear();
  if (listed !== null && !isOurs) {
    committer.hold();
    committer.batch.begin(writer.deleteTable());
  }
  const hooksBefore = isOurs ? listed.chains : null;
  declare(writer, committer.batch, wanted, hooksBefore);
  nodeElements.compare(found, committer.batch);
  mirror.adoptIds(found);
  deleteOldRanges(mirror.allowedKeys(), found, committer.batch);
  for (const key of mirror.keys) {
    if (mirror.isLarge(key)) {
      await writeInSteps(committer, (batch) => mirror.compare(key, found, batch));
    } else mirror.compare(key, found, committer.batch);
    await committer.commitIfLarge();
  }
  for (const [collection, elements] of found) {
    for (const key of elements.keys()) {
      committer.batch.delete(collection, key);
      await committer.commitIfLarge();
    }
  }
  // Until all is there, no packet meets any of it.
  if (!isOurs) hook(writer, committer.batch, wanted.chains);
  await committer.commit();
  if (isOurs) chains.found([...listed.chains.keys()].filter(isSharedChain));
  // Who was remembered with an endpoint that went while nobody looked is in the map still.
  mirror.hasForgotten = isOurs;
}

/** Whether what is in the table can become this layout; else it is another one, such as upstream's. */
function isOfThisLayout({ chains, collections }: ListedTable, wanted: Layout): boolean {
  const shapes = new Map<string, string>(wanted.collections.map((one) => [one.name, shapeOf(one)]));
  const isBase = new Map(wanted.chains.map(({ name, hook }) => [name, hook !== undefined]));
  return (
    [...collections].every(([name, shape]) => shapes.get(name) === shape) &&
    [...chains].every(([name, hook]) =>
      isSharedChain(name) ? hook === null : isBase.get(name) === (hook !== null),
    )
  );
}

/** What packets write is not compared. */
const writtenByPackets: ReadonlySet<string> = new Set(['affinity', 'affinity-ports']);

async function listAll(
  connection: NftConnection,
  family: 'ip' | 'ip6',
  { collections }: Layout,
  listed: ListedTable,
): Promise<Found> {
  const found = new Map<CollectionName, ListedElements>();
  for (const collection of collections) {
    const { name } = collection;
    if (writtenByPackets.has(name) || !listed.collections.has(name)) continue;
    found.set(name, await listElements(connection, family, kindOf(collection), name));
  }
  return found;
}

/**
 * Declares the table, its sets, maps and chains; with the hooks where they were there before.
 *
 * @param before the chains that are there; null if there are none, and hooks wait until the end
 */
function declare(
  writer: NftWriter,
  batch: Batch,
  { collections, chains }: Layout,
  before: ListedTable['chains'] | null,
): void {
  batch.begin(writer.addTable(tableComment));
  batch.begin(...collections.map((collection) => writer.addCollection(collection)));
  const inner = chains.filter(({ hook }) => hook === undefined);
  batch.begin(...inner.flatMap(({ name }) => [writer.addChain({ name }), writer.flushChain(name)]));
  batch.begin(...inner.flatMap((chain) => rulesOf(writer, chain)));
  if (before === null) return;
  for (const chain of chains) {
    if (chain.hook === undefined) continue;
    const old = before.get(chain.name);
    // The kernel does not change the priority of a chain.
    if (old !== undefined && !isSameHook(old, chain.hook)) {
      batch.begin(writer.flushChain(chain.name), writer.deleteChain(chain.name));
    }
    batch.begin(writer.addChain(chain), writer.flushChain(chain.name), ...rulesOf(writer, chain));
  }
}

function hook(writer: NftWriter, batch: Batch, chains: readonly Chain[]): void {
  for (const chain of chains) {
    if (chain.hook !== undefined) batch.end(writer.addChain(chain), ...rulesOf(writer, chain));
  }
}

function rulesOf(writer: NftWriter, { name, rules }: Chain): string[] {
  return rules.map((rule) => writer.addRule(name, rule));
}

function isSameHook(a: BaseHook | null, b: BaseHook): boolean {
  return a?.type === b.type && a.hook === b.hook && a.priority === b.priority;
}

/** Ranges that are too wide go before others come: the kernel refuses one within another. */
function deleteOldRanges(wanted: ReadonlySet<string>, found: Found, batch: Batch): void {
  const listed = found.get('firewall-allowed');
  for (const key of listed?.keys() ?? []) {
    if (wanted.has(key)) continue;
    batch.delete('firewall-allowed', key);
    listed?.delete(key);
  }
}
