/** What HAProxy's workers have counted since the start, also those that have gone since. */
import type { DataplaneCounts } from '../../dataplane.ts';
import { numberOf, type StatisticsRow } from './statistics.ts';

export type HaproxyCounts = DataplaneCounts & { readonly active: ReadonlyMap<string, number> };

/** What is added up, by who says it: the columns of `show stat`. */
const columns = {
  accepted: ['FRONTEND', 'stot'],
  refused: ['BACKEND', 'econ'],
  retried: ['BACKEND', 'wretr', 'wredis'],
  sentBytes: ['FRONTEND', 'bin'],
  receivedBytes: ['FRONTEND', 'bout'],
} as const satisfies Partial<Record<keyof DataplaneCounts, readonly string[]>>;

type Totals = Readonly<Record<keyof typeof columns, number>>;

const nothing: Totals = { accepted: 0, refused: 0, retried: 0, sentBytes: 0, receivedBytes: 0 };

export class WorkerCounts {
  /** The last that each worker said, by its process id. */
  readonly #workers = new Map<number, readonly StatisticsRow[]>();
  /** Of all that have gone: each change of the list may leave one. */
  #gone: Totals = nothing;

  /** How many workers are kept apart. */
  get kept(): number {
    return this.#workers.size;
  }

  note(pid: number, rows: readonly StatisticsRow[]): void {
    this.#workers.set(pid, rows);
  }

  /** Whoever is not among those that live has gone: what it counted stays. */
  keep(living: ReadonlySet<number>): void {
    for (const [pid, rows] of this.#workers) {
      if (living.has(pid)) continue;
      this.#gone = added(this.#gone, totalsOf(rows));
      this.#workers.delete(pid);
    }
  }

  /** `active` by the server's name. HAProxy does not count whom it ends because their backend is dead. */
  sum(): HaproxyCounts {
    const workers = [...this.#workers.values()];
    const totals = workers.map(totalsOf).reduce(added, this.#gone);
    return { ...totals, reset: null, active: activeOf(workers.flat()) };
  }
}

function totalsOf(rows: readonly StatisticsRow[]): Totals {
  const of = ([side, ...names]: readonly string[]) =>
    rows
      .filter((row) => row.get('svname') === side)
      .flatMap((row) => names.map((name) => numberOf(row, name)))
      .reduce((sum, value) => sum + value, 0);
  return {
    accepted: of(columns.accepted),
    refused: of(columns.refused),
    retried: of(columns.retried),
    sentBytes: of(columns.sentBytes),
    receivedBytes: of(columns.receivedBytes),
  };
}

function added(one: Totals, other: Totals): Totals {
  return {
    accepted: one.accepted + other.accepted,
    refused: one.refused + other.refused,
    retried: one.retried + other.retried,
    sentBytes: one.sentBytes + other.sentBytes,
    receivedBytes: one.receivedBytes + other.receivedBytes,
  };
}

function activeOf(rows: readonly StatisticsRow[]): ReadonlyMap<string, number> {
  const active = new Map<string, number>();
  for (const row of rows) {
    const server = row.get('svname') ?? '';
    if (server === 'FRONTEND' || server === 'BACKEND') continue;
    active.set(server, (active.get(server) ?? 0) + numberOf(row, 'scur'));
  }
  return active;
}
