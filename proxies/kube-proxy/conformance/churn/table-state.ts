/** What is in the proxy's table, without what history decides: the numbers of slots and of affinity. */
import type { NftConnection } from '../../../kit/nftables/nft-connection.ts';

/** By kind and name: chains with their rules, sets and maps with their elements, in order of text. */
export type TableState = Readonly<Record<string, readonly string[]>>;

interface Listed {
  readonly chain?: { readonly name: string };
  readonly rule?: { readonly chain: string; readonly expr: unknown };
  readonly set?: ListedCollection;
  readonly map?: ListedCollection;
}

interface ListedCollection {
  readonly name: string;
  readonly elem?: readonly unknown[];
}

/** Keys that end with a slot; and what an affinity number is the key of, or leads to. */
const withIds = /^affinity-timeouts$|affinity-ids$/;
const anId = /0x48[0-9a-f]{6}|\b12\d{8}\b/g;

export async function readTable(
  connection: NftConnection,
  family: 'ip' | 'ip6',
): Promise<TableState> {
  const text = await connection.run(`list table ${family} kube-proxy`, { json: true });
  // The schema is libnftables' own.
  const { nftables } = JSON.parse(text) as { nftables: readonly Listed[] };
  const state = new Map<string, string[]>();
  const at = (name: string) => {
    const lines = state.get(name) ?? [];
    state.set(name, lines);
    return lines;
  };
  for (const { chain, rule, set, map } of nftables) {
    if (chain) at(`chain ${chain.name}`);
    if (rule) at(`chain ${rule.chain}`).push(JSON.stringify(rule.expr));
    const collection = set ?? map;
    if (!collection) continue;
    const { name, elem = [] } = collection;
    at(`elements ${name}`).push(...elem.map((one) => elementText(name, one)).toSorted());
  }
  return Object.fromEntries([...state].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function elementText(name: string, element: unknown): string {
  const text = JSON.stringify(element);
  if (name.endsWith('endpoints')) return text.replace(/,\d+\]\}/, ',slot]}');
  return withIds.test(name) ? text.replaceAll(anId, 'id') : text;
}
