/** What the rounds came to, as tables for the README. */
import { median, quantile } from '../kubectl-proxy/table.ts';
import type { Figures } from './figures.ts';

/** By `contender count`, of each round. */
type Measured = ReadonlyMap<string, readonly Figures[]>;

/** A line of a table: of whom, and how its values become a cell. */
interface Line {
  readonly title: string;
  readonly contender: string;
  readonly figure: string;
  readonly shown: (values: readonly number[]) => string;
}

const seconds = (values: readonly number[]) => number(median(values) / 1000);
const one = (values: readonly number[]) => number(median(values));
const both = (values: readonly number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  return `${number(quantile(sorted, 0.5))} · ${number(quantile(sorted, 0.99))}`;
};

const lines: readonly Line[] = [
  line('from the list pages to the commit, s', 'hop', 'full sync, ms', seconds),
  line('CPU of that, s', 'hop', 'full sync, CPU ms', seconds),
  line('upstream’s layout, `nft -f` in chunks, s', 'upstream', 'full sync, ms', seconds),
  line('upstream’s of 1.35, s', 'upstream-1.35', 'full sync, ms', seconds),
  line('an endpoint replaced, p50 · p99 ms', 'hop', 'endpoint replaced, ms', both),
  line('a Service added, p50 · p99 ms', 'hop', 'Service added, ms', both),
  line(
    'an endpoint replaced, until a connection lands there, p50 · p99 ms',
    'hop',
    'endpoint replaced until a connection is there, ms',
    both,
  ),
  line(
    'the same, from the watch event on the wire, ms',
    'hop',
    'told by the API until a connection is there, ms',
    one,
  ),
  line(
    'upstream’s layout, a new `nft -f -`, ms',
    'upstream',
    'endpoint replaced, by a new nft, ms',
    one,
  ),
  line('upstream’s layout, through our connection, ms', 'upstream', 'endpoint replaced, ms', one),
  line(
    'upstream’s of 1.35, through our connection, ms',
    'upstream-1.35',
    'endpoint replaced, ms',
    one,
  ),
  line('process start until all is written, s', 'hop', 'process until synced, ms', seconds),
  line(
    'restart over live rules, until all is compared, s',
    'hop',
    'restart until synced, ms',
    seconds,
  ),
  line('of that, the sync, s', 'hop', 'restart: sync, ms', seconds),
  line('kernel memory, MB', 'hop', 'kernel memory, MB', one),
  line('upstream’s layout, MB', 'upstream', 'kernel memory, MB', one),
  line('upstream’s of 1.35, MB', 'upstream-1.35', 'kernel memory, MB', one),
  line('upstream’s layout, once deleted, MB', 'upstream', 'kernel memory that stays, MB', one),
  line('our process, resident, MB', 'hop', 'resident, MB', one),
  line('first packet, no proxy, p50 · p99 µs', 'none', 'first packet, µs', both),
  line('first packet, p50 · p99 µs', 'hop', 'first packet, µs', both),
  line('first packet, upstream’s layout, p50 · p99 µs', 'upstream', 'first packet, µs', both),
  line('round trip, no proxy, p50 · p99 µs', 'none', 'round trip, µs', both),
  line('round trip, p50 · p99 µs', 'hop', 'round trip, µs', both),
  line('round trip, upstream’s layout, p50 · p99 µs', 'upstream', 'round trip, µs', both),
];

export function report(measured: Measured): string {
  const counts = [...new Set([...measured.keys()].map((key) => Number(key.split(' ')[1])))].sort(
    (a, b) => a - b,
  );
  const rows = lines
    .map((each) => [each.title, ...counts.map((count) => cell(measured, each, count))])
    .filter(([, ...cells]) => cells.some((text) => text !== ''));
  return [['Services', ...counts.map(String)], ['---', ...counts.map(() => '---')], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function cell(measured: Measured, { contender, figure, shown }: Line, count: number): string {
  const rounds = measured.get(`${contender} ${count}`) ?? [];
  const values = rounds.flatMap((figures) => figures[figure] ?? []);
  return values.length === 0 ? '' : shown(values);
}

function line(title: string, contender: string, figure: string, shown: Line['shown']): Line {
  return { title, contender, figure, shown };
}

function number(value: number): string {
  return value.toFixed(Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0);
}
