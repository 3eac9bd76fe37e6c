/** What the rules have counted, over all families. */
import { isMissing, NftError, type NftConnection } from '../../kit/nftables/nft-connection.ts';
import type { Family } from '../backend.ts';
import { counterNames, nftFamily, tableName, type CounterName } from './rules.ts';

export type Counted = Readonly<Record<CounterName, number>>;

const none: Counted = { accepted: 0, refused: 0 };

/** Since the start, although counters begin again when the tables are replaced. */
export class CounterTotals {
  readonly #connection: NftConnection;
  readonly #families: readonly Family[];
  /** Of tables that are no more. */
  #before = none;
  readonly #last = new Map<Family, Counted>();

  constructor(connection: NftConnection, families: readonly Family[]) {
    this.#connection = connection;
    this.#families = families;
  }

  async read(): Promise<Counted> {
    for (const family of this.#families) {
      const last = this.#last.get(family) ?? none;
      const now = (await this.#read(family)) ?? last;
      if (counterNames.some((name) => now[name] < last[name])) {
        this.#before = sum(this.#before, last);
      }
      this.#last.set(family, now);
    }
    return [...this.#last.values()].reduce(sum, this.#before);
  }

  async #read(family: Family): Promise<Counted | null> {
    const listed = await this.#list(family);
    if (listed === null) return null;
    const now = { ...none };
    for (const { counter } of listed) {
      const name = counterNames.find((one) => one === counter?.name);
      if (name !== undefined) now[name] += counter?.packets ?? 0;
    }
    return now;
  }

  /** Null where the kernel cannot be asked just now. */
  async #list(family: Family): Promise<readonly ListedObject[] | null> {
    const command = `list counters table ${nftFamily(family)} ${tableName}`;
    try {
      const text = await this.#connection.run(command, { json: true });
      // The schema is libnftables' own.
      const { nftables } = JSON.parse(text) as { nftables: readonly ListedObject[] };
      return nftables;
    } catch (error) {
      if (!(error instanceof NftError)) throw error;
      // Before the first plan, and while somebody has deleted it, there is no table.
      return isMissing(error) ? [] : null;
    }
  }
}

function sum(one: Counted, other: Counted): Counted {
  return { accepted: one.accepted + other.accepted, refused: one.refused + other.refused };
}

interface ListedObject {
  readonly counter?: { readonly name: string; readonly packets: number };
}
