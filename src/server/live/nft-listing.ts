/** What `nft list table` prints, as sets, maps and chains. */

export interface ListedElement {
  /** `10.96.0.10 . tcp . 80` */
  readonly key: string;
  /** What it leads to, in a map. */
  readonly data: string | null;
  readonly comment: string;
}

export interface ListedTable {
  readonly collections: ReadonlyMap<string, readonly ListedElement[]>;
  readonly chains: ReadonlyMap<string, readonly string[]>;
}

/** @param listing of one table. */
export function readListing(listing: string): ListedTable {
  const collections = new Map<string, readonly ListedElement[]>();
  const chains = new Map<string, readonly string[]>();
  // Blocks are indented by one tab, and end with a brace of the same indent.
  for (const [, kind, name = '', body = ''] of listing.matchAll(
    /^\t(set|map|chain) (\S+) \{\n(.*?)^\t\}$/gms,
  )) {
    if (kind === 'chain') chains.set(name, rulesOf(body));
    else collections.set(name, elementsOf(body));
  }
  return { collections, chains };
}

function rulesOf(body: string): string[] {
  return body
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('comment '));
}

function elementsOf(body: string): ListedElement[] {
  const [, elements = ''] = /elements = \{(.*)\}/s.exec(body) ?? [];
  return elements
    .split(/,\s/)
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map(readElement);
}

/** A comment and a timeout stand behind the key; how soon it expires is different each time. */
function readElement(text: string): ListedElement {
  const [, comment = ''] = / comment "([^"]*)"/.exec(text) ?? [];
  const bare = text.replace(/ comment "[^"]*"/, '').replace(/ expires \S+/, '');
  const at = bare.indexOf(' : ');
  return {
    key: at === -1 ? bare : bare.slice(0, at),
    data: at === -1 ? null : bare.slice(at + 3),
    comment,
  };
}
