/** `/metrics`: the few of kube-apiserver's that say how an apiserver does, as Prometheus reads them. */
import type { RequestInfo } from '../../proxies/kit/apiserver/request-info.ts';
import type { InFlight } from './in-flight.ts';
import { findResource } from './resource-table.ts';
import { allVerbs } from './resource.ts';
import { labelsOf, processFamilies, prometheusText } from '../../proxies/kit/prometheus-text.ts';

export interface Metrics {
  /** Counts a request that was answered. */
  count(info: RequestInfo, code: number): void;
  text(): string;
}

export function createMetrics(inFlight: InFlight): Metrics {
  const requests = new Map<string, number>();
  return {
    count: (info, code) => {
      const labels = labelsOfRequest(info, code);
      requests.set(labels, (requests.get(labels) ?? 0) + 1);
    },
    text: () =>
      prometheusText([
        {
          name: 'apiserver_request_total',
          type: 'counter',
          help: 'Requests, by what was asked and answered.',
          samples: [...requests].map(([labels, value]) => ({ labels, value })),
        },
        {
          name: 'apiserver_current_inflight_requests',
          type: 'gauge',
          help: 'Short requests under way.',
          samples: [{ labels: '', value: inFlight.count() }],
        },
        ...processFamilies(),
      ]),
  };
}

/** What a client makes up is no label: there are as many lines as there are resources and verbs. */
function labelsOfRequest(info: RequestInfo, code: number): string {
  const { subresource, namespace, name } = info;
  const resource = findResource(info.group, info.version, info.resource);
  const scope = !resource ? '' : name ? 'resource' : namespace ? 'namespace' : 'cluster';
  const isPart =
    subresource === 'status' || resource?.subresources?.some((one) => one.name === subresource);
  return labelsOf({
    code: String(code),
    component: 'apiserver',
    dry_run: info.query.get('dryRun') === 'All' ? 'All' : '',
    group: resource?.group ?? '',
    resource: resource?.plural ?? '',
    scope,
    subresource: resource && isPart ? subresource : '',
    verb: resource ? verbOf(info) : 'GET',
    version: resource?.version ?? '',
  });
}

/** Upstream: `CleanVerb`. */
function verbOf({ verb }: RequestInfo): string {
  return allVerbs.some((one) => one === verb) ? verb.toUpperCase() : 'other';
}
