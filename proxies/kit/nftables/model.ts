/**
 * What is in an nftables table, as data: chains with rules, sets and maps with elements. Rules and elements are
 * text of the nft language: what is written here is what an operator reads in `nft list table`.
 */

export type NftFamily = 'ip' | 'ip6';

export interface BaseHook {
  /** `route`: where the routing is looked up again when the mark has changed. */
  readonly type: 'filter' | 'nat' | 'route';
  readonly hook: 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';
  readonly priority: number;
}

export interface Rule {
  /** For example `ip daddr @cluster-ips reject`. */
  readonly text: string;
  readonly comment?: string;
}

export interface Chain {
  readonly name: string;
  /** Where packets enter a base chain; absent where rules of other chains jump to it. */
  readonly hook?: BaseHook;
  readonly rules: readonly Rule[];
}

/** A set, or a map where there is `data`. */
export interface Collection {
  readonly name: string;
  /** Whether key and data are types (`ipv4_addr`), or expressions that have them (`ip daddr`). */
  readonly by: 'type' | 'typeof';
  readonly key: readonly string[];
  /** What a key leads to; `['verdict']` for a verdict map. */
  readonly data?: readonly string[];
  readonly flags?: readonly CollectionFlag[];
  /** The most elements that it takes; absent where nothing limits it. */
  readonly size?: number;
  readonly comment?: string;
}

export type CollectionFlag = 'interval' | 'dynamic' | 'timeout';

/** One element of a collection: `key comment "…" : data`. Empty strings where there is no data, no comment. */
export interface Element {
  readonly key: string;
  readonly data: string;
  readonly comment: string;
}

/** A whole table with its contents. */
export interface Ruleset {
  readonly family: NftFamily;
  readonly table: string;
  readonly chains: ReadonlyMap<string, Chain>;
  readonly collections: ReadonlyMap<string, Collection>;
  /** By collection, then by key. */
  readonly elements: ReadonlyMap<string, ReadonlyMap<string, Element>>;
}
