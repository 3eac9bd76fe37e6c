/** What the controller counts, by upstream's names (`controllers/service/metrics.go`). */
import { createHistogram, type Histogram } from '../../kit/prometheus-histogram.ts';

export interface ControllerMetrics {
  /** `service_controller_loadbalancer_sync_total` */
  loadBalancerSyncs: number;
  /** `service_controller_nodesync_error_total` */
  nodeSyncErrors: number;
  /** `service_controller_nodesync_latency_seconds` */
  readonly nodeSyncSeconds: Histogram;
  /** `service_controller_update_loadbalancer_host_latency_seconds` */
  readonly updateHostsSeconds: Histogram;
}

/** Upstream's: from one second to four and a half hours. */
const bounds = Array.from({ length: 15 }, (_, power) => 2 ** power);

export function createControllerMetrics(): ControllerMetrics {
  const [nodeSyncSeconds, updateHostsSeconds] = [createHistogram(bounds), createHistogram(bounds)];
  nodeSyncSeconds.begin('');
  updateHostsSeconds.begin('');
  return { loadBalancerSyncs: 0, nodeSyncErrors: 0, nodeSyncSeconds, updateHostsSeconds };
}
