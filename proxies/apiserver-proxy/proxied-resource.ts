/** Which requests are for the proxy: those for `proxy` subresources of core v1. */
import type { RequestInfo } from '../kit/apiserver/request-info.ts';
import type { ProxyResource } from './proxy-call.ts';

const namespaced: ReadonlyMap<string, boolean> = new Map<ProxyResource, boolean>([
  ['nodes', false],
  ['pods', true],
  ['services', true],
]);

/** Undefined where a request is for something else. */
export function proxiedResource(info: RequestInfo): ProxyResource | undefined {
  const { isResource, isNamed, group, version, resource, subresource, namespace } = info;
  if (!isResource || !isNamed || group !== '' || version !== 'v1') return undefined;
  if (subresource !== 'proxy' || info.verb === 'watch') return undefined;
  const isNamespaced = namespaced.get(resource);
  if (isNamespaced === undefined || isNamespaced !== (namespace !== '')) return undefined;
  // The border: the map has no other keys.
  return resource as ProxyResource;
}
