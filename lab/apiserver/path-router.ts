/** The paths that are no resources: version, discovery, health and OpenAPI. */
import type { Aggregator } from './aggregation/aggregator.ts';
import type { RemoteGroup } from './aggregation/remote-groups.ts';
import { aggregatedDiscovery, discoveryOf, discoveryPaths } from './discovery.ts';
import { headerOf } from '../../proxies/kit/http/server-exchange.ts';
import { connectionOf, type Exchange } from './exchange.ts';
import type { Reply } from './handlers/call.ts';
import { healthPaths } from './health-paths.ts';
import { openapiRoute } from './openapi/routes.ts';
import {
  respondWithBytes,
  respondWithJson,
  respondWithText,
} from '../../proxies/kit/apiserver/respond.ts';
import { methodNotAllowed } from './status.ts';
import { versionText } from './version.ts';

/** Answers a path that is no resource. */
export async function routePath(
  exchange: Exchange,
  aggregator?: Pick<Aggregator, 'groups'>,
): Promise<Reply> {
  const { method } = exchange.request;
  const answer = answerOf(exchange, aggregator?.groups() ?? []);
  if (!answer) return pageNotFound(exchange);
  if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed();
  return answer();
}

/** Go's answer where nothing is registered. */
export async function pageNotFound(exchange: Exchange): Promise<null> {
  await respondWithText(exchange, 404, '404 page not found\n');
  return null;
}

function answerOf(
  exchange: Exchange,
  remote: readonly RemoteGroup[],
): (() => Promise<Reply>) | undefined {
  const { path } = exchange.info;
  if (path === '/version' || path === '/version/') return () => version(exchange);
  if (path === '/') return async () => ({ status: 200, body: { paths: pathsWith(remote) } });
  const openapi = openapiRoute(exchange);
  if (openapi) return openapi;
  const aggregated = readAggregated(exchange);
  if (aggregated) return () => respondAggregated(exchange, aggregated, remote);
  const connection = connectionOf(exchange.request);
  const address = `${connection?.localAddress ?? '127.0.0.1'}:${connection?.localPort ?? 443}`;
  const body = discoveryOf(path, address, remote);
  return body ? async () => ({ status: 200, body }) : undefined;
}

const paths = [...discoveryPaths, ...healthPaths, '/openapi/v2', '/openapi/v3', '/version'];

function pathsWith(remote: readonly RemoteGroup[]): readonly string[] {
  const claimed = remote.flatMap(({ name, versions }) => [
    `/apis/${name}`,
    ...versions.map(({ version }) => `/apis/${name}/${version}`),
  ]);
  return [...new Set([...paths, ...claimed])].sort();
}

async function version(exchange: Exchange): Promise<null> {
  await respondWithBytes(exchange, 200, versionText, { 'Content-Type': 'application/json' });
  return null;
}

interface Aggregated {
  readonly root: 'api' | 'apis';
  readonly version: 'v2' | 'v2beta1';
}

/** `Accept: application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList`, if it comes first. */
function readAggregated({ request, info }: Exchange): Aggregated | undefined {
  const root = info.path.replace(/\/$/, '');
  if (root !== '/api' && root !== '/apis') return undefined;
  const [first = ''] = headerOf(request, 'accept').split(',');
  if (!first.includes('g=apidiscovery.k8s.io') || !first.includes('as=APIGroupDiscoveryList')) {
    return undefined;
  }
  return {
    root: root === '/api' ? 'api' : 'apis',
    version: first.includes('v=v2beta1') ? 'v2beta1' : 'v2',
  };
}

async function respondAggregated(
  exchange: Exchange,
  aggregated: Aggregated,
  remote: readonly RemoteGroup[],
): Promise<null> {
  const { root, version } = aggregated;
  await respondWithJson(
    { ...exchange, query: exchange.info.query },
    200,
    aggregatedDiscovery(root, version, remote),
    {
      'Content-Type': `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
      Vary: 'Accept',
    },
  );
  return null;
}
