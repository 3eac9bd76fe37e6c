/** The two halves of a proxied path: the part that the apiserver reads, and the part that it passes on. */
import type { RequestInfo } from './request-info.ts';

export interface ProxiedPath {
  /** Up to and with `/proxy`. */
  readonly prefix: string;
  /** What follows; empty where not even a slash does. */
  readonly subpath: string;
}

/**
 * Divides a decoded path where the authorizer stopped reading it. The prefix is written anew from what was
 * authorized, so that the two cannot differ, however many slashes the client put between the segments.
 *
 * @example placeOf(readRequest('GET', '/api/v1/nodes/node-1/proxy/../x'))
 *   // { prefix: '/api/v1/nodes/node-1/proxy', subpath: '/../x' }
 */
export function placeOf(
  info: Pick<RequestInfo, 'path' | 'version' | 'namespace' | 'resource' | 'name'>,
): ProxiedPath {
  const { path, version, namespace, resource, name } = info;
  const place = namespace === '' ? [] : ['namespaces', namespace];
  const segments = ['api', version, ...place, resource, name, 'proxy'];
  const read = new RegExp(String.raw`^(?:/*[^/]+){${segments.length}}`).exec(path)?.[0] ?? path;
  return { prefix: `/${segments.join('/')}`, subpath: path.slice(read.length) };
}
