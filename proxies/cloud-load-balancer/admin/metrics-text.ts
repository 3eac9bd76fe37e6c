/** The metrics of the descriptor's list, as Prometheus reads them. */
import type { Histogram } from '../../kit/prometheus-histogram.ts';
import {
  labelsOf,
  processFamilies,
  prometheusText,
  type Sample,
} from '../../kit/prometheus-text.ts';
import type { WorkQueueMetrics } from '../../kit/api/work-queue-metrics.ts';
import type { LoadBalancerView } from '../hop-cloud/options.ts';
import { metrics } from '../facts/metrics.ts';
import { poolUse } from './pool-use.ts';
import type { AdminView } from './view.ts';

type MetricName = (typeof metrics)[number]['name'];

/** Everything that can be asked for, asked for once. */
interface Answers extends Omit<AdminView, 'loadBalancers' | 'controller'> {
  readonly loadBalancers: readonly LoadBalancerView[];
  readonly controller: ReturnType<AdminView['controller']>;
}

export function metricsText(view: AdminView): string {
  const loadBalancers = view.loadBalancers();
  const answers = { ...view, loadBalancers, controller: view.controller() };
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
  service_controller_loadbalancer_sync_total: ({ controller }) =>
    bare(controller?.metrics.loadBalancerSyncs ?? 0),
  service_controller_nodesync_error_total: ({ controller }) =>
    bare(controller?.metrics.nodeSyncErrors ?? 0),
  service_controller_nodesync_latency_seconds: ({ controller }) =>
    controller?.metrics.nodeSyncSeconds.samples() ?? [],
  service_controller_update_loadbalancer_host_latency_seconds: ({ controller }) =>
    controller?.metrics.updateHostsSeconds.samples() ?? [],
  leader_election_master_status: ({ configuration, controller }) => {
    const { election } = configuration;
    if (election === null) return [];
    const labels = labelsOf({ name: election.lease.name });
    return [{ labels, value: controller === null ? 0 : 1 }];
  },
  workqueue_depth: perQueue(({ depth }) => depth),
  workqueue_adds_total: perQueue(({ adds }) => adds),
  workqueue_retries_total: perQueue(({ retries }) => retries),
  workqueue_queue_duration_seconds: ofQueues(({ queueSeconds }) => queueSeconds),
  workqueue_work_duration_seconds: ofQueues(({ workSeconds }) => workSeconds),
  workqueue_unfinished_work_seconds: perQueue((queue) => queue.unfinishedSeconds()),
  workqueue_longest_running_processor_seconds: perQueue((queue) => queue.longestRunningSeconds()),
  cloud_lb_info: ({ configuration: { clusterName: cluster, dataplane, mode, profile } }) => [
    { labels: labelsOf({ cluster, dataplane, ip_mode: mode, provider: profile.id }), value: 1 },
  ],
  cloud_lb_load_balancers: ({ loadBalancers, configuration }) => {
    const counts = new Map([[configuration.profile.id, 0]]);
    for (const { profile } of loadBalancers) counts.set(profile, (counts.get(profile) ?? 0) + 1);
    return [...counts].map(([provider, value]) => ({ labels: labelsOf({ provider }), value }));
  },
  cloud_lb_addresses: ({ configuration, loadBalancers }) =>
    poolUse(configuration.pools, loadBalancers).map(({ pool, size }) => ({
      labels: labelsOf({ pool }),
      value: size,
    })),
  cloud_lb_addresses_in_use: ({ configuration, loadBalancers }) =>
    poolUse(configuration.pools, loadBalancers).map(({ pool, inUse }) => ({
      labels: labelsOf({ pool }),
      value: inUse,
    })),
  cloud_lb_node_healthy: ({ loadBalancers }) =>
    loadBalancers.flatMap(({ service, targets }) => {
      // A node may have an address of each family.
      const known = targets.filter(({ health }) => health !== 'unknown');
      const byNode = new Map(known.map(({ node, health }) => [node, health]));
      return [...byNode].map(([node, health]) => ({
        labels: labelsOf({ node, service }),
        value: health === 'healthy' ? 1 : 0,
      }));
    }),
  cloud_lb_flows_total: ({ flows }) =>
    (flows?.entries() ?? []).map(({ service, protocol, count }) => ({
      labels: labelsOf({ protocol, service }),
      value: count,
    })),
  cloud_lb_provider_errors_total: ({ errors }) =>
    Object.entries(errors.counts).map(([call, value]) => ({ labels: labelsOf({ call }), value })),
};

function bare(value: number): readonly Sample[] {
  return [{ labels: '', value }];
}

function perQueue(valueOf: (queue: WorkQueueMetrics) => number) {
  return ({ controller }: Answers): readonly Sample[] =>
    Object.entries(controller?.queues ?? {}).map(([name, queue]) => ({
      labels: labelsOf({ name }),
      value: valueOf(queue),
    }));
}

function ofQueues(histogramOf: (queue: WorkQueueMetrics) => Histogram) {
  return ({ controller }: Answers): readonly Sample[] =>
    Object.values(controller?.queues ?? {}).flatMap((queue) => histogramOf(queue).samples());
}
