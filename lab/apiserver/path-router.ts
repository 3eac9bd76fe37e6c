/** The paths that are no resources: version, discovery, health and OpenAPI. */
import type { JsonObject } from './api-object.ts';
import { aggregatedDiscovery, discoveryOf, discoveryPaths } from './discovery.ts';
import { connectionOf, headerOf, type Exchange } from './exchange.ts';
import type { Reply } from './handlers/call.ts';
import { healthOf, healthPaths } from './health.ts';
import { openapiDocuments, openapiIndex } from './openapi.ts';
import { JsonText, respondWithBytes, respondWithJson, respondWithText } from './respond.ts';
import { methodNotAllowed, notAcceptable } from './status.ts';
import { versionText } from './version.ts';

/** Answers a path that is no resource. */
export async function routePath(exchange: Exchange): Promise<Reply> {
  const { path, query } = exchange.info;
  const { method } = exchange.request;
  const health = healthOf(path, query);
  if (health !== undefined) {
    await respondWithText(exchange, 200, health);
    return null;
  }
  const answer = answerOf(exchange);
  if (!answer) return pageNotFound(exchange);
  if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed();
  return answer();
}

/** Go's answer where nothing is registered. */
export async function pageNotFound(exchange: Exchange): Promise<null> {
  await respondWithText(exchange, 404, '404 page not found\n');
  return null;
}

function answerOf(exchange: Exchange): (() => Promise<Reply>) | undefined {
  const { path } = exchange.info;
  if (path === '/version' || path === '/version/') return () => version(exchange);
  if (path === '/') return async () => ({ status: 200, body: { paths } });
  if (path === '/openapi/v2') return () => openapiV2(exchange);
  if (path === '/openapi/v3') return async () => ({ status: 200, body: openapiIndex() });
  if (path.startsWith('/openapi/v3/'))
    return openapiV3(exchange, path.slice('/openapi/v3/'.length));
  const aggregated = readAggregated(exchange);
  if (aggregated) return () => respondAggregated(exchange, aggregated);
  const connection = connectionOf(exchange.request);
  const address = `${connection?.localAddress ?? '127.0.0.1'}:${connection?.localPort ?? 443}`;
  const body = discoveryOf(path, address);
  return body ? async () => ({ status: 200, body }) : undefined;
}

const paths = [...discoveryPaths, ...healthPaths, '/openapi/v2', '/openapi/v3', '/version'].sort();

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

async function respondAggregated(exchange: Exchange, aggregated: Aggregated): Promise<null> {
  const { root, version } = aggregated;
  await respondWithJson(
    { ...exchange, query: exchange.info.query },
    200,
    aggregatedDiscovery(root, version),
    {
      'Content-Type': `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
      Vary: 'Accept',
    },
  );
  return null;
}

function openapiV3({ info }: Exchange, path: string): (() => Promise<Reply>) | undefined {
  const document = openapiDocuments().get(path);
  if (!document) return undefined;
  const isCurrent = info.query.get('hash') === document.hash;
  return async () => ({
    status: 200,
    body: new JsonText(document.text),
    headers: {
      Etag: `"${document.hash}"`,
      // The hash in the address makes the answer good for ever.
      ...(isCurrent ? { 'Cache-Control': 'public' } : {}),
    },
  });
}

/** Version 2 is served as protobuf to old clients upstream; ours is version 3. */
async function openapiV2({ request }: Exchange): Promise<Reply> {
  if (!/(^|,)\s*(application\/json|\*\/\*)/.test(headerOf(request, 'accept') || '*/*')) {
    throw notAcceptable(['application/json']);
  }
  const body: JsonObject = {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: 'v1' },
    paths: {},
    definitions: {},
  };
  return { status: 200, body };
}
