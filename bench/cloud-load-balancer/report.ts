/** What the samples came to, as a table. */
import { stages, type Sample, type Stage } from './stages.ts';

export function report(samples: readonly Sample[]): string {
  const rows = (Object.keys(stages) as Stage[]).flatMap((stage) => {
    const sorted = samples
      .filter((sample) => sample.stage === stage)
      .map(({ ms }) => ms)
      .toSorted((one, other) => one - other);
    if (sorted.length === 0) return [];
    const values = [0.5, 0.99].map((share) => text(quantile(sorted, share)));
    return [[stages[stage], ...values, text(sorted.at(-1) ?? 0), String(sorted.length)]];
  });
  return [['', 'p50', 'p99', 'most', 'samples'], ['---', '---:', '---:', '---:', '---:'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

function text(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
