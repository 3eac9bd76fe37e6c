/** What a kube-proxy counts and measures, and `/metrics` shows. */
import { createHistogram, type Histogram } from '../../kit/prometheus-histogram.ts';
import {
  labelsOf,
  processFamilies,
  prometheusText,
  type Sample,
} from '../../kit/prometheus-text.ts';
import { metrics as allMetrics } from '../facts/metrics.ts';
import type { ModeName } from '../modes/mode.ts';
import type { Family } from '../service-port.ts';

type Metric = (typeof allMetrics)[number];
type NameOf<Type> = Extract<Metric, { readonly type: Type }>['name'] extends infer Name
  ? Name extends `kubeproxy_${infer Rest}`
    ? Rest
    : never
  : never;

/** What a value is of: `{ ip_family: 'IPv4' }`. */
export type Labels = Readonly<Record<string, string>>;

/** Metrics are named without the prefix that all of them have. */
export interface ProxyMetrics {
  add(counter: NameOf<'counter'>, labels: Labels, by?: number): void;
  set(metric: NameOf<'counter' | 'gauge'>, labels: Labels, value: number): void;
  observe(histogram: NameOf<'histogram'>, labels: Labels, seconds: number): void;
  text(): string;
}

/** Those that are of a family alone are there from the start, at 0; those of nftables in its mode alone. */
export function createProxyMetrics(families: readonly Family[], mode: ModeName): ProxyMetrics {
  const metrics = allMetrics.filter(
    ({ name }) => mode === 'nftables' || !name.includes('_nftables_'),
  );
  const values = new Map<string, Map<string, number>>();
  const histograms = new Map<string, Histogram>();
  for (const metric of metrics) {
    const isOfFamily = metric.labels.every((label) => label === 'ip_family');
    const begun = isOfFamily ? families.map((family) => labelsOf({ ip_family: family })) : [];
    if (metric.type === 'histogram') {
      const histogram = createHistogram(metric.buckets);
      for (const labels of begun) histogram.begin(labels);
      histograms.set(metric.name, histogram);
    } else {
      values.set(metric.name, new Map(begun.map((labels) => [labels, 0])));
    }
  }
  return {
    add: (counter, labels, by = 1) => {
      const series = values.get(prefixed(counter));
      const text = labelsOf(labels);
      series?.set(text, (series.get(text) ?? 0) + by);
    },
    set: (metric, labels, value) => void values.get(prefixed(metric))?.set(labelsOf(labels), value),
    observe: (histogram, labels, seconds) =>
      histograms.get(prefixed(histogram))?.observe(labelsOf(labels), seconds),
    text: () =>
      prometheusText([
        ...metrics.map(({ name, type, help }) => ({
          name,
          type,
          help,
          samples: histograms.get(name)?.samples() ?? samplesOf(values.get(name)),
        })),
        ...processFamilies(),
      ]),
  };
}

function prefixed(name: string): string {
  return `kubeproxy_${name}`;
}

function samplesOf(series: ReadonlyMap<string, number> = new Map()): readonly Sample[] {
  return [...series].map(([labels, value]) => ({ labels, value }));
}
