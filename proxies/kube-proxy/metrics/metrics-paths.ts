/** What 10249 answers, with upstream's types and bodies. */
import { plainText, type AnswerPath, type StatusAnswer } from '../../kit/http/status-server.ts';
import { prometheusType } from '../../kit/prometheus-text.ts';
import type { ModeName } from '../modes/mode.ts';
import type { ProxyMetrics } from './proxy-metrics.ts';

export interface MetricsPathsOptions {
  readonly mode: ModeName;
  /** The whole configuration, by upstream's internal names. */
  readonly configz: object;
  readonly metrics: ProxyMetrics;
}

export function metricsPaths({ mode, configz, metrics }: MetricsPathsOptions): AnswerPath {
  const answers: Readonly<Record<string, () => StatusAnswer>> = {
    '/metrics': () => ({ contentType: prometheusType, body: metrics.text() }),
    '/healthz': () => ({ contentType: plainText, body: 'ok' }),
    '/proxyMode': () => ({ contentType: plainText, body: mode }),
    '/configz': () => ({
      contentType: 'application/json',
      body: JSON.stringify({ 'kubeproxy.config.k8s.io': configz }),
    }),
  };
  return (path) => (Object.hasOwn(answers, path) ? answers[path]?.() : undefined);
}
