/** What is in the table now, as `nft --json` lists it. */
import type { NftConnection } from '../../kit/nftables/nft-connection.ts';
import type { BaseHook, Collection, NftFamily } from '../../kit/nftables/model.ts';
import { idText } from './affinity-ids.ts';
import { tableName } from './layout.ts';

/** The data and comment of each element, by key; both empty where there are none. */
export type ListedElements = Map<string, ListedElement>;

export interface ListedElement {
  readonly data: string;
  readonly comment: string;
  /** Seconds until it times out; absent where it never does. */
  readonly expiresInS?: number;
}

export interface ListedTable {
  /** Chains, with their hook if they are base chains. */
  readonly chains: ReadonlyMap<string, BaseHook | null>;
  /** Sets and maps, with their shape as text. */
  readonly collections: ReadonlyMap<string, string>;
}

/** The objects of the table; null if there is no table. */
export async function listTable(
  connection: NftConnection,
  family: NftFamily,
): Promise<ListedTable | null> {
  const tables = await list(connection, `list tables ${family}`, { terse: true });
  if (!tables.some(({ table }) => table?.name === tableName)) return null;
  const chains = new Map<string, BaseHook | null>();
  const collections = new Map<string, string>();
  // Not `list table`: nft 1.0.6 complains on stderr of rules that it cannot say in JSON.
  for (const kind of ['chains', 'sets', 'maps']) {
    const objects = await list(connection, `list ${kind} ${family}`, { terse: true });
    for (const { chain, set, map } of objects) {
      const collection = set ?? map;
      if (chain?.table === tableName) chains.set(chain.name, hookOf(chain));
      if (collection?.table === tableName) {
        collections.set(collection.name, listedShape(collection));
      }
    }
  }
  return { chains, collections };
}

/** The elements of a set or map. */
export async function listElements(
  connection: NftConnection,
  family: NftFamily,
  kind: 'set' | 'map',
  name: string,
): Promise<ListedElements> {
  const objects = await list(connection, `list ${kind} ${family} ${tableName} ${name}`, {});
  const elements: ListedElements = new Map();
  for (const { set, map } of objects) {
    const { type, map: dataType, elem = [] } = set ?? map ?? {};
    if (type === undefined) continue;
    const keyTypes = typesOf(type);
    const dataTypes = dataType === undefined ? [] : typesOf(dataType);
    for (const one of elem) addElement(elements, keyTypes, dataTypes, one);
  }
  return elements;
}

/** The types that a collection has in a list: how the kernel sees what `typeof` declared. */
export function shapeOf({ key, data, flags }: Collection): string {
  return shapeText(key.map(typeName), data?.map(typeName), flags ?? []);
}

/** Since nft 1.1.2, what was declared with `typeof` is listed as the expression, not as its type. */
type ListedType = string | readonly string[] | { readonly typeof: ListedExpression };

interface ListedExpression {
  readonly concat?: readonly ListedExpression[];
  readonly payload?: { readonly protocol: string; readonly field: string };
  readonly ct?: { readonly key: string };
}

interface ListedCollection {
  readonly name: string;
  readonly table: string;
  readonly type: ListedType;
  readonly map?: ListedType;
  readonly flags?: string | readonly string[];
  readonly elem?: readonly unknown[];
}

interface ListedChain {
  readonly name: string;
  readonly table: string;
  readonly type?: BaseHook['type'];
  readonly hook?: BaseHook['hook'];
  readonly prio?: number;
}

interface ListedObject {
  readonly table?: { readonly name: string };
  readonly chain?: ListedChain;
  readonly set?: ListedCollection;
  readonly map?: ListedCollection;
}

async function list(
  connection: NftConnection,
  command: string,
  options: { terse?: boolean },
): Promise<readonly ListedObject[]> {
  const text = await connection.run(command, { ...options, json: true });
  // The schema is libnftables' own.
  const { nftables } = JSON.parse(text) as { nftables: readonly ListedObject[] };
  return nftables;
}

function hookOf({ type, hook, prio }: ListedChain): BaseHook | null {
  return type !== undefined && hook !== undefined && prio !== undefined
    ? { type, hook, priority: prio }
    : null;
}

function listedShape({ type, map, flags = [] }: ListedCollection): string {
  return shapeText(
    typesOf(type),
    map === undefined ? undefined : typesOf(map),
    typeof flags === 'string' ? [flags] : flags,
  );
}

/** `dynamic` is listed by some versions of nft, and not by others. */
function shapeText(
  key: readonly string[],
  data: readonly string[] | undefined,
  flags: readonly string[],
): string {
  const listed = flags.filter((flag) => flag !== 'dynamic').toSorted();
  return `${key.join(' . ')} : ${data?.join(' . ') ?? ''} ${listed.join(',')}`;
}

function typesOf(type: ListedType): readonly string[] {
  if (typeof type === 'string') return type.split(' . ');
  if (!('typeof' in type)) return type;
  const { typeof: expression } = type;
  return (expression.concat ?? [expression]).map(typeOfExpression);
}

function typeOfExpression({ payload, ct }: ListedExpression): string {
  if (payload !== undefined) return typeName(`${payload.protocol} ${payload.field}`);
  if (ct !== undefined) return typeName(`ct ${ct.key}`);
  return 'integer';
}

/** The type of an expression; a type is its own. */
function typeName(part: string): string {
  return expressionTypes[part] ?? part;
}

const expressionTypes: Readonly<Record<string, string>> = {
  'ip daddr': 'ipv4_addr',
  'ip6 daddr': 'ipv6_addr',
  'th dport': 'inet_service',
  'tcp dport': 'inet_service',
  'udp dport': 'inet_service',
  'sctp dport': 'inet_service',
  'ct mark': 'mark',
  'numgen random mod 2': 'integer',
};

/** An element of a set is its key; of a map, its key and its data. The key is wrapped where there is more. */
function addElement(
  elements: ListedElements,
  keyTypes: readonly string[],
  dataTypes: readonly string[],
  listed: unknown,
): void {
  const [wrapped, data] = dataTypes.length > 0 ? (listed as [unknown, unknown]) : [listed, ''];
  const { elem } = wrapped as { elem?: { val: unknown; comment?: string; expires?: number } };
  elements.set(valueText(keyTypes, elem === undefined ? wrapped : elem.val), {
    data: dataTypes.length > 0 ? valueText(dataTypes, data) : '',
    comment: elem?.comment ?? '',
    ...(elem?.expires !== undefined && { expiresInS: elem.expires }),
  });
}

type ListedValue =
  | string
  | number
  | {
      readonly concat?: readonly ListedValue[];
      readonly prefix?: { readonly addr: string; readonly len: number };
      readonly range?: readonly ListedValue[];
      readonly goto?: { readonly target: string };
      readonly jump?: { readonly target: string };
    };

function valueText(types: readonly string[], listed: unknown): string {
  const value = listed as ListedValue;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return types[0] === 'mark' ? idText(value) : String(value);
  if (value.concat !== undefined) {
    return value.concat
      .map((part, index) => valueText(types.slice(index, index + 1), part))
      .join(' . ');
  }
  if (value.prefix !== undefined) return `${value.prefix.addr}/${value.prefix.len}`;
  if (value.range !== undefined) return value.range.map((end) => valueText(types, end)).join('-');
  if (value.goto !== undefined) return `goto ${value.goto.target}`;
  if (value.jump !== undefined) return `jump ${value.jump.target}`;
  return Object.keys(value)[0] ?? '';
}
