/** The nft text of objects: one command a line. */
import type { Chain, Collection, NftFamily, Rule } from './model.ts';

/** Writes commands for the objects of one table. */
export interface NftWriter {
  addTable(comment: string): string;
  deleteTable(): string;
  /** A counter with a name, which rules count with. */
  addCounter(name: string): string;
  addChain(chain: Pick<Chain, 'name' | 'hook'>): string;
  flushChain(name: string): string;
  deleteChain(name: string): string;
  addRule(chain: string, rule: Rule): string;
  addCollection(collection: Collection): string;
  deleteCollection(collection: Collection): string;
  /** @param elements each as {@link elementText} gives it */
  addElements(collection: string, elements: readonly string[]): string;
  /** @param keys without comments and data */
  deleteElements(collection: string, keys: readonly string[]): string;
}

export function nftWriter(family: NftFamily, table: string): NftWriter {
  const place = `${family} ${table}`;
  return {
    addTable: (comment) => `add table ${place} { comment ${quoted(comment)} ; }`,
    deleteTable: () => `delete table ${place}`,
    addCounter: (name) => `add counter ${place} ${name}`,
    addChain: ({ name, hook }) =>
      `add chain ${place} ${name}` +
      (hook === undefined
        ? ''
        : ` { type ${hook.type} hook ${hook.hook} priority ${hook.priority} ; }`),
    flushChain: (name) => `flush chain ${place} ${name}`,
    deleteChain: (name) => `delete chain ${place} ${name}`,
    addRule: (chain, { text, comment }) =>
      `add rule ${place} ${chain} ${text}` +
      (comment === undefined ? '' : ` comment ${quoted(comment)}`),
    addCollection: (collection) =>
      `add ${kindOf(collection)} ${place} ${collection.name} { ${declaration(collection)} }`,
    deleteCollection: (collection) => `delete ${kindOf(collection)} ${place} ${collection.name}`,
    addElements: (collection, elements) =>
      `add element ${place} ${collection} { ${elements.join(', ')} }`,
    deleteElements: (collection, keys) =>
      `delete element ${place} ${collection} { ${keys.join(', ')} }`,
  };
}

/** An element as `add element` takes it. */
export function elementText(key: string, data: string, comment: string): string {
  const commented = comment === '' ? key : `${key} comment ${quoted(comment)}`;
  return data === '' ? commented : `${commented} : ${data}`;
}

export function kindOf(collection: Collection): 'set' | 'map' {
  return collection.data === undefined ? 'set' : 'map';
}

function declaration({ by, key, data, flags, size, comment }: Collection): string {
  const parts = [`${by} ${key.join(' . ')}${data === undefined ? '' : ` : ${data.join(' . ')}`}`];
  if (size !== undefined) parts.push(`size ${size}`);
  if (flags !== undefined) parts.push(`flags ${flags.join(',')}`);
  if (comment !== undefined) parts.push(`comment ${quoted(comment)}`);
  return parts.map((part) => `${part} ;`).join(' ');
}

/** nft keeps comments of up to 127 bytes, and knows no escape for a quote. */
const longestComment = 127;

function quoted(comment: string): string {
  const plain = comment.replaceAll('"', "'");
  return plain.length <= longestComment
    ? `"${plain}"`
    : `"${plain.slice(0, longestComment - 3)}..."`;
}
