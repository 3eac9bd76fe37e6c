/** What the rounds came to, as a table for the README: medians, and ratios to nginx of the same round. */
import { median } from '../kubectl-proxy/table.ts';
import type { Contender, FigureName, Sample } from './figures.ts';

interface Row {
  readonly title: string;
  readonly figure: FigureName;
  /** Over what the same costs without a load balancer. */
  readonly isAdded?: boolean;
  readonly digits?: number;
}

const rows: readonly Row[] = [
  { title: 'connections/s', figure: 'connections/s' },
  { title: 'requests/s, kept connections', figure: 'requests/s' },
  { title: 'requests/s over TLS, kept connections', figure: 'requests/s, TLS' },
  { title: '1 MB bodies, MB/s', figure: 'MB/s' },
  { title: '1 MB bodies over TLS, MB/s', figure: 'MB/s, TLS' },
  { title: 'added latency p50, µs', figure: 'p50 µs', isAdded: true },
  { title: 'added latency p99, µs', figure: 'p99 µs', isAdded: true },
  { title: 'added latency p50 over TLS, µs', figure: 'p50 µs, TLS', isAdded: true },
  { title: 'added latency p99 over TLS, µs', figure: 'p99 µs, TLS', isAdded: true },
  { title: 'its processes, CPU s per 100k connections', figure: 'CPU ms per 100k connections' },
  {
    title: 'added CPU with the kernel’s, s per 100k connections',
    figure: 'CPU ms per 100k connections, all',
    isAdded: true,
  },
  { title: 'its processes, CPU s per 100k requests', figure: 'CPU ms per 100k requests' },
  {
    title: 'added CPU with the kernel’s, s per 100k requests',
    figure: 'CPU ms per 100k requests, all',
    isAdded: true,
  },
  { title: 'its processes, with idle connections, MB', figure: 'MB with idle connections' },
  { title: 'its processes, bytes per idle connection', figure: 'bytes per idle connection' },
  {
    title: 'the kernel, bytes more per idle connection',
    figure: 'kernel bytes per idle connection',
    isAdded: true,
  },
];

export function report(samples: readonly Sample[], contenders: readonly Contender[]): string {
  const values = (row: Row, contender: Contender) => valuesOf(samples, row, contender);
  const lines = rows.map((row) => [
    row.title,
    ...contenders.map((contender) =>
      row.isAdded === true && contender === 'none'
        ? ''
        : cell(row, values(row, contender), contender === 'nginx' ? null : values(row, 'nginx')),
    ),
  ]);
  return [['', ...contenders], ['---', ...contenders.map(() => '---:')], ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** By round. */
function valuesOf(
  samples: readonly Sample[],
  { figure, isAdded }: Row,
  contender: Contender,
): ReadonlyMap<number, number> {
  const of = (whose: Contender) =>
    new Map(
      samples
        .filter((sample) => sample.contender === whose && sample.figure === figure)
        .map(({ round, value }) => [round, value]),
    );
  const own = of(contender);
  if (isAdded !== true) return own;
  const none = of('none');
  return new Map([...own].map(([round, value]) => [round, value - (none.get(round) ?? 0)]));
}

function cell(
  { figure }: Row,
  own: ReadonlyMap<number, number>,
  nginx: ReadonlyMap<number, number> | null,
): string {
  if (own.size === 0) return '';
  const scale = figure.startsWith('CPU ms') ? 0.001 : 1;
  const value = number(median([...own.values()]) * scale);
  if (nginx === null || nginx.size === 0) return value;
  const ratios = [...own].map(([round, each]) => each / (nginx.get(round) ?? Number.NaN));
  // What is added may be less than what varies: then there is nothing to compare.
  const ratio = median(ratios.filter((each) => Number.isFinite(each) && each > 0));
  return Number.isFinite(ratio) ? `${value} (${ratio.toFixed(2)})` : value;
}

function number(value: number): string {
  return value.toFixed(Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0);
}
