/** Histograms as Prometheus reads them: how many observations were at most so large, per set of labels. */
import type { Sample } from './prometheus-text.ts';

export interface Histogram {
  /** @param labels as `labelsOf` writes them; empty where there are none */
  observe(labels: string, value: number): void;
  /** A set of labels that is shown before anything was observed. */
  begin(labels: string): void;
  samples(): readonly Sample[];
}

interface Series {
  /** Those between this bound and the one before. */
  readonly counts: number[];
  count: number;
  sum: number;
}

/** @param bounds the upper bounds, ascending; `+Inf` goes without saying */
export function createHistogram(bounds: readonly number[]): Histogram {
  const seriesByLabels = new Map<string, Series>();
  const seriesOf = (labels: string) => {
    const known = seriesByLabels.get(labels);
    if (known) return known;
    const series: Series = { counts: bounds.map(() => 0), count: 0, sum: 0 };
    seriesByLabels.set(labels, series);
    return series;
  };
  return {
    observe: (labels, value) => {
      const series = seriesOf(labels);
      const first = bounds.findIndex((bound) => value <= bound);
      if (first >= 0) series.counts[first] = (series.counts[first] ?? 0) + 1;
      series.count += 1;
      series.sum += value;
    },
    begin: (labels) => void seriesOf(labels),
    samples: () =>
      [...seriesByLabels].flatMap(([labels, series]) => linesOf(bounds, labels, series)),
  };
}

function linesOf(
  bounds: readonly number[],
  labels: string,
  { counts, count, sum }: Series,
): readonly Sample[] {
  const upTo = (bound: string) => `${labels === '' ? '' : `${labels},`}le="${bound}"`;
  let below = 0;
  const bounded = bounds.map((bound, index): Sample => {
    below += counts[index] ?? 0;
    return { labels: upTo(String(bound)), value: below, suffix: '_bucket' };
  });
  return [
    ...bounded,
    { labels: upTo('+Inf'), value: count, suffix: '_bucket' },
    { labels, value: sum, suffix: '_sum' },
    { labels, value: count, suffix: '_count' },
  ];
}
