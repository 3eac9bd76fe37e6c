/** What kube-proxy counts, by upstream's names (specification 3.11). The servers serve this list. */
import type { z } from 'zod';
import type { metricSchema } from '../../descriptor.ts';

const family = ['ip_family'] as const;

/** From a millisecond to 16 seconds, each twice the one before. */
const syncBuckets = Array.from({ length: 15 }, (_, power) => 0.001 * 2 ** power);

const steps = (first: number, step: number, count: number) =>
  Array.from({ length: count }, (_, index) => first + index * step);

/** Upstream's begin with 0. */
const programmingBuckets = [
  0,
  ...steps(0.25, 0.25, 2),
  ...steps(1, 1, 59),
  ...steps(60, 5, 12),
  ...steps(120, 30, 7),
];

export const metrics = [
  {
    name: 'kubeproxy_sync_proxy_rules_duration_seconds',
    type: 'histogram',
    labels: family,
    help: 'SyncProxyRules latency in seconds',
    buckets: syncBuckets,
  },
  {
    name: 'kubeproxy_sync_full_proxy_rules_duration_seconds',
    type: 'histogram',
    labels: family,
    help: 'SyncProxyRules latency in seconds for full resyncs',
    buckets: syncBuckets,
  },
  {
    name: 'kubeproxy_sync_partial_proxy_rules_duration_seconds',
    type: 'histogram',
    labels: family,
    help: 'SyncProxyRules latency in seconds for partial resyncs',
    buckets: syncBuckets,
  },
  {
    name: 'kubeproxy_sync_proxy_rules_last_timestamp_seconds',
    type: 'gauge',
    labels: family,
    help: 'The last time proxy rules were successfully synced',
  },
  {
    name: 'kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds',
    type: 'gauge',
    labels: family,
    help: 'The last time a sync of proxy rules was queued',
  },
  {
    name: 'kubeproxy_network_programming_duration_seconds',
    type: 'histogram',
    labels: family,
    help: 'In Cluster Network Programming Latency in seconds',
    buckets: programmingBuckets,
  },
  {
    name: 'kubeproxy_sync_proxy_rules_endpoint_changes_pending',
    type: 'gauge',
    labels: family,
    help: 'Pending proxy rules Endpoint changes',
  },
  {
    name: 'kubeproxy_sync_proxy_rules_endpoint_changes_total',
    type: 'counter',
    labels: family,
    help: 'Cumulative proxy rules Endpoint changes',
  },
  {
    name: 'kubeproxy_sync_proxy_rules_service_changes_pending',
    type: 'gauge',
    labels: family,
    help: 'Pending proxy rules Service changes',
  },
  {
    name: 'kubeproxy_sync_proxy_rules_service_changes_total',
    type: 'counter',
    labels: family,
    help: 'Cumulative proxy rules Service changes',
  },
  {
    name: 'kubeproxy_sync_proxy_rules_nftables_sync_failures_total',
    type: 'counter',
    labels: family,
    help: 'Cumulative proxy nftables sync failures',
  },
  {
    name: 'kubeproxy_sync_proxy_rules_nftables_cleanup_failures_total',
    type: 'counter',
    labels: family,
    help: 'Cumulative proxy nftables cleanup failures',
  },
  {
    name: 'kubeproxy_sync_proxy_rules_no_local_endpoints_total',
    type: 'gauge',
    labels: ['ip_family', 'traffic_policy'],
    help: 'Number of services with a Local traffic policy and no endpoints',
  },
  {
    name: 'kubeproxy_conntrack_reconciler_sync_duration_seconds',
    type: 'histogram',
    labels: family,
    help: 'ReconcileConntrackFlowsLatency latency in seconds',
    buckets: syncBuckets,
  },
  {
    name: 'kubeproxy_conntrack_reconciler_deleted_entries_total',
    type: 'counter',
    labels: family,
    help: 'Cumulative conntrack flows deleted by conntrack reconciler',
  },
  {
    name: 'kubeproxy_proxy_healthz_total',
    type: 'counter',
    labels: ['code'],
    help: 'Cumulative proxy healthy HTTP status',
  },
  {
    name: 'kubeproxy_proxy_livez_total',
    type: 'counter',
    labels: ['code'],
    help: 'Cumulative proxy livez HTTP status',
  },
] as const satisfies readonly z.input<typeof metricSchema>[];
