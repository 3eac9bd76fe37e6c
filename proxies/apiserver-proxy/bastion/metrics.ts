/** `/metrics`: what kube-apiserver, too, says of the requests that it proxies, by its names. */
import type { RequestInfo } from '../../kit/apiserver/request-info.ts';
import { createHistogram } from '../../kit/prometheus-histogram.ts';
import {
  labelsOf,
  processFamilies,
  prometheusText,
  type Sample,
} from '../../kit/prometheus-text.ts';
import { proxiedResource } from '../proxied-resource.ts';

export interface Metrics {
  /** A request is under way; to be called once with its end. */
  started(info: RequestInfo): (code: number) => void;
  text(): string;
}

/** Seconds, upstream's own. */
const buckets = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45,
  60,
];

export function createMetrics(): Metrics {
  const requests = new Map<string, number>();
  const durations = createHistogram(buckets);
  const underWay = new Map<string, number>();
  const add = (map: Map<string, number>, key: string, by: number) =>
    map.set(key, (map.get(key) ?? 0) + by);

  return {
    started: (info) => {
      const startedAt = performance.now();
      const what = describe(info);
      const labels = labelsOf({ component: 'apiserver', ...what });
      const isProxied = proxiedResource(info) !== undefined;
      if (isProxied) add(underWay, labels, 1);
      return (code) => {
        if (isProxied) add(underWay, labels, -1);
        const whole = { code: String(code), component: 'apiserver', dry_run: '', ...what };
        add(requests, labelsOf(whole), 1);
        durations.observe(labels, (performance.now() - startedAt) / 1000);
      };
    },
    text: () =>
      prometheusText([
        {
          name: 'apiserver_request_total',
          type: 'counter',
          help: 'Requests, by what was asked and answered.',
          samples: samplesOf(requests),
        },
        {
          name: 'apiserver_request_duration_seconds',
          type: 'histogram',
          help: 'How long requests took to their end, in seconds.',
          samples: durations.samples(),
        },
        {
          name: 'apiserver_longrunning_requests',
          type: 'gauge',
          help: 'Proxied requests under way, upgraded connections among them.',
          samples: samplesOf(underWay),
        },
        ...processFamilies(),
      ]),
  };
}

/** What a client makes up is no label. Upstream calls every proxied request `CONNECT`. */
function describe(info: RequestInfo): Readonly<Record<string, string>> {
  const resource = proxiedResource(info);
  return {
    group: '',
    resource: resource ?? '',
    scope: resource ? 'resource' : '',
    subresource: resource ? 'proxy' : '',
    verb: resource ? 'CONNECT' : 'GET',
    version: resource ? 'v1' : '',
  };
}

function samplesOf(values: ReadonlyMap<string, number>): readonly Sample[] {
  return [...values].map(([labels, value]) => ({ labels, value }));
}
