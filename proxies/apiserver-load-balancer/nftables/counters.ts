/** What the rules have counted, over all families. */
import { NftError, type NftConnection } from '../../kit/nftables/nft-connection.ts';
import type { Family } from '../backend.ts';
import { counterNames, nftFamily, tableName, type CounterName } from './rules.ts';

export type Counted = Readonly<Record<CounterName, number>>;

/** Since the start, although counters begin again when the tables are replaced. */
export class CounterTotals {
  readonly #connection: NftConnection;
  readonly #families: readonly Family[];
  #before: Counted = { accepted: 0, refused: 0 };
  #last: Counted = { accepted: 0, refused: 0 };

  constructor(connection: NftConnection, families: readonly Family[]) {
    this.#connection = connection;
    this.#families = families;
  }

  async read(): Promise<Counted> {
    const now = { accepted: 0, refused: 0 };
    for (const family of this.#families) {
      for (const { counter } of await this.#list(family)) {
        const name = counterNames.find((one) => one === counter?.name);
        if (name !== undefined) now[name] += counter?.packets ?? 0;
      }
    }
    if (counterNames.some((name) => now[name] < this.#last[name])) {
      this.#before = sum(this.#before, this.#last);
    }
    this.#last = now;
    return sum(this.#before, now);
  }

  async #list(family: Family): Promise<readonly ListedObject[]> {
    const command = `list counters table ${nftFamily(family)} ${tableName}`;
    try {
      const text = await this.#connection.run(command, { json: true });
      // The schema is libnftables' own.
      const { nftables } = JSON.parse(text) as { nftables: readonly ListedObject[] };
      return nftables;
    } catch (error) {
      // Before the first plan, and while somebody has deleted it, there is no table.
      if (error instanceof NftError) return [];
      throw error;
    }
  }
}

function sum(one: Counted, other: Counted): Counted {
  return { accepted: one.accepted + other.accepted, refused: one.refused + other.refused };
}

interface ListedObject {
  readonly counter?: { readonly name: string; readonly packets: number };
}
