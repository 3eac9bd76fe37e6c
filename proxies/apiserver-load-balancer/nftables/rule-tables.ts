/** The tables of all families in the kernel, and what is in them. */
import { isIPv6 } from 'node:net';
import type { NftConnection } from '../../kit/nftables/nft-connection.ts';
import type { Backend, Family } from '../backend.ts';
import type { Balance, ListenAddress } from '../dataplane.ts';
import {
  tableChange,
  wholeTable,
  withoutTable,
  type TableContents,
  type TableOptions,
} from './rules.ts';
import { turnsOf } from './turns.ts';

/** Backends that get no more connections are known for as long as they have some, or until so many left. */
const mostBackends = 256;

const families = ['IPv4', 'IPv6'] as const satisfies readonly Family[];

export class RuleTables {
  readonly #connection: NftConnection;
  readonly #balance: Balance;
  readonly #tables: readonly TableOptions[];
  /** What the kernel has, by family; empty where nobody knows. */
  #written = new Map<Family, TableContents>();
  /** How often it was distrusted. */
  #doubts = 0;

  constructor(connection: NftConnection, listen: readonly ListenAddress[], balance: Balance) {
    this.#connection = connection;
    this.#balance = balance;
    this.#tables = families
      .map((family) => ({
        family,
        listen: listen.filter(({ host }) => isIPv6(host) === (family === 'IPv6')),
      }))
      .filter(({ listen }) => listen.length > 0);
  }

  get families(): readonly Family[] {
    return this.#tables.map(({ family }) => family);
  }

  /** The next write replaces the tables; also when one is on its way, of which nobody knows when it came. */
  distrust(): void {
    this.#doubts += 1;
    this.#written = new Map();
  }

  /**
   * New connections go to these once it resolves, all in one transaction.
   *
   * @returns whether there was something to write
   * @throws {NftError} when the kernel refuses; the next write replaces the tables
   */
  async write(eligible: readonly Backend[], active: ReadonlyMap<string, number>): Promise<boolean> {
    const wanted = this.#tables.map((table) => {
      const ofFamily = eligible.filter((backend) => backend.family === table.family);
      const before = this.#written.get(table.family);
      return { table, before, after: this.#contents(ofFamily, active, before?.backends ?? []) };
    });
    const text = wanted.flatMap(({ table, before, after }) =>
      before ? tableChange(table.family, before, after) : wholeTable(table, after),
    );
    if (text.length === 0) return false;
    // Until it is known to be there, nothing is.
    this.#written = new Map();
    const doubts = this.#doubts;
    await this.#connection.run(text.join('\n'));
    if (doubts !== this.#doubts) return true;
    this.#written = new Map(wanted.map(({ table, after }) => [table.family, after]));
    return true;
  }

  async delete(): Promise<void> {
    this.#written = new Map();
    await this.#connection.run(this.families.flatMap(withoutTable).join('\n'));
  }

  #contents(
    eligible: readonly Backend[],
    active: ReadonlyMap<string, number>,
    known: readonly Backend[],
  ): TableContents {
    const names = new Set(eligible.map(({ name }) => name));
    return {
      turns: turnsOf(this.#balance, eligible, active),
      backends: [...eligible, ...known.filter(({ name }) => !names.has(name))].slice(
        0,
        Math.max(mostBackends, eligible.length),
      ),
    };
  }
}
