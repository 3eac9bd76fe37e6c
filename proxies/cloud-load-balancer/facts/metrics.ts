/** What the cloud load balancer counts; its admin server serves this list. */
import type { z } from 'zod';
import type { metricSchema } from '../../descriptor.ts';

/** From a second to four and a half hours, each twice the one before. */
const latencyBuckets = Array.from({ length: 15 }, (_, power) => 2 ** power);
/** From ten nanoseconds to ten seconds. */
const queueBuckets = Array.from({ length: 10 }, (_, power) => 1e-8 * 10 ** power);

const queue = ['name'] as const;

/** Of cloud-controller-manager (cloud-provider, controllers/service/metrics.go; component-base). */
const upstream = [
  {
    name: 'service_controller_loadbalancer_sync_total',
    type: 'counter',
    labels: [],
    help: 'A metric counting the amount of times any load balancer has been configured, as an effect of service/node changes on the cluster',
  },
  {
    name: 'service_controller_nodesync_error_total',
    type: 'counter',
    labels: [],
    help: 'A metric counting the amount of times any load balancer has been configured and errored, as an effect of node changes on the cluster',
  },
  {
    name: 'service_controller_nodesync_latency_seconds',
    type: 'histogram',
    labels: [],
    help: 'A metric measuring the latency for nodesync which updates loadbalancer hosts on cluster node updates.',
    buckets: latencyBuckets,
  },
  {
    name: 'service_controller_update_loadbalancer_host_latency_seconds',
    type: 'histogram',
    labels: [],
    help: 'A metric measuring the latency for updating each load balancer hosts.',
    buckets: latencyBuckets,
  },
  {
    name: 'leader_election_master_status',
    type: 'gauge',
    labels: queue,
    help: 'Gauge of if the reporting system is master of the relevant lease, 0 indicates backup, 1 indicates master. Its name is the string used to identify the lease.',
  },
  {
    name: 'workqueue_depth',
    type: 'gauge',
    labels: queue,
    help: 'Current depth of workqueue',
  },
  {
    name: 'workqueue_adds_total',
    type: 'counter',
    labels: queue,
    help: 'Total number of adds handled by workqueue',
  },
  {
    name: 'workqueue_retries_total',
    type: 'counter',
    labels: queue,
    help: 'Total number of retries handled by workqueue',
  },
  {
    name: 'workqueue_queue_duration_seconds',
    type: 'histogram',
    labels: queue,
    help: 'How long in seconds an item stays in workqueue before being requested.',
    buckets: queueBuckets,
  },
  {
    name: 'workqueue_work_duration_seconds',
    type: 'histogram',
    labels: queue,
    help: 'How long in seconds processing an item from workqueue takes.',
    buckets: queueBuckets,
  },
  {
    name: 'workqueue_unfinished_work_seconds',
    type: 'gauge',
    labels: queue,
    help: 'How many seconds of work has been done that is in progress and has not been observed by work_duration.',
  },
  {
    name: 'workqueue_longest_running_processor_seconds',
    type: 'gauge',
    labels: queue,
    help: 'How many seconds has the longest running processor for workqueue been running.',
  },
] as const satisfies readonly z.input<typeof metricSchema>[];

const own = [
  {
    name: 'cloud_lb_info',
    type: 'gauge',
    labels: ['cluster', 'dataplane', 'ip_mode', 'provider'],
    help: 'Whose behaviour it shows, and what moves the packets; always 1.',
  },
  {
    name: 'cloud_lb_load_balancers',
    type: 'gauge',
    labels: ['provider'],
    help: 'Load balancers that there are.',
  },
  {
    name: 'cloud_lb_addresses',
    type: 'gauge',
    labels: ['pool'],
    help: 'Addresses that a pool has.',
  },
  {
    name: 'cloud_lb_addresses_in_use',
    type: 'gauge',
    labels: ['pool'],
    help: 'Addresses of a pool that load balancers have.',
  },
  {
    name: 'cloud_lb_node_healthy',
    type: 'gauge',
    labels: ['node', 'service'],
    help: 'Whether a node is well, by the health checks of a load balancer; absent until it is known.',
  },
  {
    name: 'cloud_lb_flows_total',
    type: 'counter',
    labels: ['protocol', 'service'],
    help: 'Connections, and clients of UDP, that were sent to nodes. The kernel’s own are not counted.',
  },
  {
    name: 'cloud_lb_provider_errors_total',
    type: 'counter',
    labels: ['call'],
    help: 'Calls of the provider that failed.',
  },
] as const satisfies readonly z.input<typeof metricSchema>[];

export const metrics = [
  ...upstream.map((metric) => ({ ...metric, upstream: true }) as const),
  ...own.map((metric) => ({ ...metric, upstream: false }) as const),
];
