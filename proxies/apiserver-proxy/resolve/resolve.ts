/** From the name in a path to where the request goes (specification 2.3, 2.10, 2.13). */
import type { ProxyCall } from '../proxy-call.ts';
import type { Location } from '../location.ts';
import { parseId } from './id.ts';
import { locateNode } from './node.ts';
import { locatePod } from './pod.ts';
import { badRequest } from './refusals.ts';
import type { ResolveOptions } from './resolve-options.ts';
import { locateService } from './service.ts';

export type Named = Pick<ProxyCall, 'resource' | 'namespace' | 'id'>;

const locators = {
  nodes: { kind: 'node', locate: locateNode },
  pods: { kind: 'pod', locate: locatePod },
  services: { kind: 'service', locate: locateService },
} as const;

/**
 * Finds the one address that a request is sent to.
 *
 * @throws StatusError in Kubernetes' words: 400 for what makes no sense or may not be dialled, 404 for what
 *   is not there, 503 for what cannot be reached now.
 * @example await resolve({ resource: 'services', namespace: 'shop', id: 'https:web:443' }, options)
 *   // { scheme: 'https', host: '10.244.1.5', port: 8443, transport: 'insecure', … }
 */
export async function resolve(named: Named, options: ResolveOptions): Promise<Location> {
  const { kind, locate } = locators[named.resource];
  const id = parseId(named.id);
  if (!id) throw badRequest(`invalid ${kind} request ${JSON.stringify(named.id)}`);
  return locate({ ...named, ...id }, options);
}
