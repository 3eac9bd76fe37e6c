/** What ports cause in the kernel: their elements, and the shared chains that these lead to, as nft lists them. */
import { isMissing, type NftConnection, NftError } from '../../kit/nftables/nft-connection.ts';
import type { Family, ServicePortState } from '../service-port.ts';
import { frontendsOf } from './frontends.ts';
import type { CollectionName } from './layout-facts.ts';
import { nftFamily, tableName } from './layout.ts';
import { visitElements } from './port-elements.ts';

/**
 * Lines such as `map service-ips: 10.96.0.10 . tcp . 80 comment "shop/catalog" : goto pick-3`, then those of each
 * chain that they lead to: `chain pick-3: dnat ip to …`.
 */
export async function describePorts(
  connection: NftConnection,
  family: Family,
  ports: readonly ServicePortState[],
): Promise<readonly string[]> {
  const place = `${nftFamily(family)} ${tableName}`;
  const elements = await Promise.all(
    [...keysOf(ports)].map(([collection, keys]) =>
      readElements(connection, place, collection, keys),
    ),
  );
  const lines = elements.flat();
  const timeouts = await readElements(connection, place, 'affinity-timeouts', idsIn(lines));
  return [...lines, ...timeouts, ...(await readChains(connection, place, [...lines, ...timeouts]))];
}

/** Some number: which id a port has for affinity makes no difference to the keys of its other elements. */
const someId = '0';

/** The keys that ports may have in the kernel, but for those that are an id of affinity. */
function keysOf(ports: readonly ServicePortState[]): ReadonlyMap<CollectionName, Set<string>> {
  const keys = new Map<CollectionName, Set<string>>();
  for (const state of ports) {
    const listed = (backends: ServicePortState['cluster']) => ({
      slots: backends.map(({ address, port }) => `${address} . ${port}`),
      affinityId: state.affinitySeconds > 0 && backends.length > 0 ? someId : '',
    });
    const port = {
      state,
      frontends: frontendsOf(state),
      cluster: listed(state.cluster),
      local: listed(state.local),
    };
    visitElements(port, [], (collection, key) => {
      if (collection === 'affinity-timeouts') return;
      keys.set(collection, (keys.get(collection) ?? new Set()).add(key));
    });
  }
  return keys;
}

async function readElements(
  connection: NftConnection,
  place: string,
  collection: CollectionName,
  keys: ReadonlySet<string>,
): Promise<readonly string[]> {
  const found = await Promise.all(
    // One by one: where one is missing, nft shows none.
    [...keys].map((key) =>
      readOrNothing(connection, `get element ${place} ${collection} { ${key} }`),
    ),
  );
  return found.flatMap((text) => {
    const [, kind = ''] = /^\s*(map|set) \S+ \{$/m.exec(text) ?? [];
    const [, elements] = /elements = \{ ([^]*?) \}/.exec(text) ?? [];
    return elements === undefined ? [] : [`${kind} ${collection}: ${oneLine(elements)}`];
  });
}

/** What connections with affinity are marked with: `map affinity-ids: 10.96.0.10 . tcp . 80 : 0x48000000`. */
function idsIn(lines: readonly string[]): ReadonlySet<string> {
  const ids = lines.map((line) => /affinity-ids: .* : (0x[0-9a-f]+)$/.exec(line)?.[1]);
  return new Set(ids.filter((id) => id !== undefined));
}

/** The chains that lines lead to, and those that these lead to. */
async function readChains(
  connection: NftConnection,
  place: string,
  from: readonly string[],
): Promise<readonly string[]> {
  const read = new Map<string, readonly string[]>();
  for (let lines = from; lines.length > 0;) {
    const next = chainsNamedIn(lines).filter((chain) => !read.has(chain));
    const found = await Promise.all(next.map((chain) => readChain(connection, place, chain)));
    next.forEach((chain, index) => read.set(chain, found[index] ?? []));
    lines = found.flat();
  }
  return [...read.values()].flat();
}

async function readChain(
  connection: NftConnection,
  place: string,
  chain: string,
): Promise<readonly string[]> {
  const text = await readOrNothing(connection, `list chain ${place} ${chain}`);
  const [, body = ''] = new RegExp(`chain ${chain} \\{\n([^]*?)\n\t\\}`).exec(text) ?? [];
  return body
    .split('\n')
    .filter((rule) => rule.trim() !== '')
    .map((rule) => `chain ${chain}: ${rule.trim()}`);
}

function chainsNamedIn(lines: readonly string[]): readonly string[] {
  const named = lines.map((line) => / (?:goto|jump) (\S+)$/.exec(line)?.[1]);
  return [...new Set(named.filter((chain) => chain !== undefined))];
}

async function readOrNothing(connection: NftConnection, command: string): Promise<string> {
  try {
    return await connection.run(command);
  } catch (error) {
    if (error instanceof NftError && isMissing(error)) return '';
    throw error;
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
