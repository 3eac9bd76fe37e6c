/** What the rounds came to: medians, ratios, and a table for the README. */
import { cpus, release } from 'node:os';
import type { ContenderName } from './contender.ts';

export interface Measurement {
  readonly contender: ContenderName;
  readonly scenario: string;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMsPer100k: number;
  readonly rssMb: number;
}

type Figure = Exclude<keyof Measurement, 'contender' | 'scenario'>;

const figures: readonly (readonly [Figure, string, number])[] = [
  ['requestsPerSecond', 'requests/s', 0],
  ['p50Ms', 'p50 ms', 2],
  ['p99Ms', 'p99 ms', 2],
  ['cpuMsPer100k', 'CPU ms per 100k', 0],
  ['rssMb', 'RSS MB', 0],
];

export function markdownTable(measurements: readonly Measurement[]): string {
  const scenarios = [...new Set(measurements.map(({ scenario }) => scenario))];
  const header = ['', ...figures.map(([, title]) => title), 'ratio of requests/s'];
  const rows = scenarios.flatMap((scenario) =>
    (['kubectl', 'hop'] as const).map((contender) => [
      `${scenario}, ${contender}`,
      ...figures.map(([figure, , digits]) =>
        medianOf(measurements, scenario, contender, figure).toFixed(digits),
      ),
      contender === 'hop' ? ratio(measurements, scenario).toFixed(2) : '',
    ]),
  );
  return [header, header.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** Requests per second of hop to those of kubectl, of the medians. */
function ratio(measurements: readonly Measurement[], scenario: string): number {
  const of = (contender: ContenderName) =>
    medianOf(measurements, scenario, contender, 'requestsPerSecond');
  return of('hop') / of('kubectl');
}

function medianOf(
  measurements: readonly Measurement[],
  scenario: string,
  contender: ContenderName,
  figure: Figure,
): number {
  return median(
    measurements
      .filter((one) => one.scenario === scenario && one.contender === contender)
      .map((one) => one[figure]),
  );
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function machine(): string {
  const [cpu] = cpus();
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown processor'}, Linux ${release()}, Node ${process.versions.node}`;
}
