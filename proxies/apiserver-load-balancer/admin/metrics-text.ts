/** The metrics of the descriptor's list, as Prometheus reads them. */
import {
  labelsOf,
  processFamilies,
  prometheusText,
  type Sample,
} from '../../kit/prometheus-text.ts';
import type { BackendStatus } from '../backend.ts';
import type { RunningBalancer } from '../balancer.ts';
import { metrics } from '../facts/metrics.ts';
import type { AdminView } from './admin-paths.ts';
import type { ConditionCounts } from './condition-counts.ts';

type MetricName = (typeof metrics)[number]['name'];

/** Everything that can be asked for, asked for once. */
interface Answers extends AdminView {
  /** Null where the implementation does not say. */
  readonly statuses: readonly BackendStatus[] | null;
  readonly counts: Awaited<ReturnType<RunningBalancer['counts']>>;
  readonly conditions: ConditionCounts;
}

export async function metricsText(view: AdminView, conditions: ConditionCounts): Promise<string> {
  const { balancer } = view;
  const [statuses, counts] = await Promise.all([balancer.statuses(), balancer.counts()]);
  const answers = { ...view, statuses, counts, conditions };
  return prometheusText([
    ...metrics.map(({ name, type, help }) => ({
      name,
      type,
      help,
      samples: samples[name](answers),
    })),
    ...processFamilies(),
  ]);
}

const samples: Readonly<Record<MetricName, (answers: Answers) => readonly Sample[]>> = {
  apiserver_lb_info: ({ balancer, place }) => {
    const { implementation } = balancer;
    return [{ labels: labelsOf({ implementation, ...place }), value: 1 }];
  },
  apiserver_lb_connections_total: ({ counts }) => bare(counts?.accepted),
  apiserver_lb_connections_active: ({ counts, list }) => {
    if (counts === null) return [];
    const names = new Set([...list.backends.map(({ name }) => name), ...counts.active.keys()]);
    return [...names].map((backend) => ({
      labels: labelsOf({ backend }),
      value: counts.active.get(backend) ?? 0,
    }));
  },
  apiserver_lb_connections_refused_total: ({ counts }) => bare(counts?.refused),
  apiserver_lb_connections_reset_total: ({ counts }) => bare(counts?.reset),
  apiserver_lb_dials_retried_total: ({ counts }) => bare(counts?.retried),
  apiserver_lb_sent_bytes_total: ({ counts }) => bare(counts?.sentBytes),
  apiserver_lb_received_bytes_total: ({ counts }) => bare(counts?.receivedBytes),
  apiserver_lb_backend_ready: ({ statuses }) =>
    perBackend(statuses, ({ condition }) => (condition === 'ready' ? 1 : 0)),
  apiserver_lb_backend_condition: ({ statuses }) =>
    (statuses ?? []).map(({ backend, condition }) => ({
      labels: labelsOf({ backend: backend.name, condition }),
      value: 1,
    })),
  apiserver_lb_backend_condition_changes_total: ({ conditions }) =>
    conditions.entries().map(({ backend, condition, count }) => ({
      labels: labelsOf({ backend, condition }),
      value: count,
    })),
  apiserver_lb_check_duration_seconds: ({ statuses }) =>
    perBackend(statuses, ({ checkMs }) => (checkMs === null ? null : checkMs / 1000)),
  apiserver_lb_backends_changes_total: ({ list }) => bare(list.changes),
  apiserver_lb_reloads_total: ({ reloads }) =>
    Object.entries(reloads.counts).map(([result, value]) => ({
      labels: labelsOf({ result }),
      value,
    })),
  apiserver_lb_last_reload_successful: ({ reloads }) => bare(reloads.isGood ? 1 : 0),
};

function bare(value: number | null | undefined): readonly Sample[] {
  return value === null || value === undefined ? [] : [{ labels: '', value }];
}

function perBackend(
  statuses: readonly BackendStatus[] | null,
  valueOf: (status: BackendStatus) => number | null,
): readonly Sample[] {
  return (statuses ?? []).flatMap((status) => {
    const value = valueOf(status);
    return value === null ? [] : [{ labels: labelsOf({ backend: status.backend.name }), value }];
  });
}
