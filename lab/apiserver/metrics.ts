/** `/metrics`: the few of kube-apiserver's that say how an apiserver does, as Prometheus reads them. */
import type { RequestInfo } from '../../proxies/kit/apiserver/request-info.ts';
import type { InFlight } from './in-flight.ts';
import { findResource } from './resource-table.ts';
import { allVerbs } from './resource.ts';

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

/** What a client makes up is no label: there are as many lines as there are resources and verbs. */
function labelsOf(info: RequestInfo, code: number): string {
  const { subresource, namespace, name } = info;
  const resource = findResource(info.group, info.version, info.resource);
  const scope = !resource ? '' : name ? 'resource' : namespace ? 'namespace' : 'cluster';
  const isPart =
    subresource === 'status' || resource?.subresources?.some((one) => one.name === subresource);
  const labels = {
    code: String(code),
    component: 'apiserver',
    dry_run: info.query.get('dryRun') === 'All' ? 'All' : '',
    group: resource?.group ?? '',
    resource: resource?.plural ?? '',
    scope,
    subresource: resource && isPart ? subresource : '',
    verb: resource ? verbOf(info) : 'GET',
    version: resource?.version ?? '',
  };
  return Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(',');
}

/** Upstream: `CleanVerb`. */
function verbOf({ verb }: RequestInfo): string {
  return allVerbs.some((one) => one === verb) ? verb.toUpperCase() : 'other';
}
