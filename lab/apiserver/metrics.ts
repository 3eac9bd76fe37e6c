/** `/metrics`: the few of kube-apiserver's that say how an apiserver does, as Prometheus reads them. */
import type { RequestInfo } from './request-info.ts';
import type { InFlight } from './in-flight.ts';

export interface Metrics {
  /** Counts a request that was answered. */
  count(info: RequestInfo, code: number): void;
  text(): string;
}

export function createMetrics(inFlight: InFlight): Metrics {
  const requests = new Map<string, number>();
  const startedAt = Date.now() / 1000 - process.uptime();
  return {
    count: (info, code) => {
      const labels = labelsOf(info, code);
      requests.set(labels, (requests.get(labels) ?? 0) + 1);
    },
    text: () =>
      [
        ...family(
          'apiserver_request_total',
          'counter',
          'Requests, by what was asked and answered.',
        ),
        ...[...requests].map(([labels, count]) => `apiserver_request_total{${labels}} ${count}`),
        ...family('apiserver_current_inflight_requests', 'gauge', 'Short requests under way.'),
        `apiserver_current_inflight_requests ${inFlight.count()}`,
        ...family('process_resident_memory_bytes', 'gauge', 'Resident memory in bytes.'),
        `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
        ...family('process_start_time_seconds', 'gauge', 'When the process started.'),
        `process_start_time_seconds ${startedAt}`,
        '',
      ].join('\n'),
  };
}

function family(name: string, type: 'counter' | 'gauge', help: string): readonly string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function labelsOf(info: RequestInfo, code: number): string {
  const { group, version, resource, subresource, namespace, name, isResource, verb } = info;
  const scope = !isResource ? '' : name ? 'resource' : namespace ? 'namespace' : 'cluster';
  const labels = {
    code: String(code),
    component: 'apiserver',
    dry_run: info.query.get('dryRun') === 'All' ? 'All' : '',
    // Paths and names of a client's own making are no labels.
    group: isResource ? group : '',
    resource: isResource ? resource : '',
    scope,
    subresource: isResource ? subresource : '',
    verb: isResource ? verb.toUpperCase() : 'GET',
    version: isResource ? version : '',
  };
  return Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(',');
}
