/** The spec of a Service, read: which of its fields its type calls for. */
import type { Json } from '../../../proxies/kit/api/json.ts';
import { at, listAt, numberAt, objectAt, textAt, textsAt, type ApiObject } from '../api-object.ts';

export const typeOf = (service: ApiObject) => textAt(service, 'spec', 'type');
export const clusterIpOf = (service: ApiObject) => textAt(service, 'spec', 'clusterIP');
export const clusterIpsOf = (service: ApiObject) => textsAt(service, 'spec', 'clusterIPs');
export const familiesOf = (service: ApiObject) => textsAt(service, 'spec', 'ipFamilies');
export const policyOf = (service: ApiObject) => textAt(service, 'spec', 'ipFamilyPolicy');
export const portsOf = (service: ApiObject) => listAt(service, 'spec', 'ports');
export const healthPortOf = (service: ApiObject) =>
  numberAt(service, 'spec', 'healthCheckNodePort');

export const nodePortsOf = (service: ApiObject): readonly number[] =>
  portsOf(service)
    .map((port) => numberAt(port, 'nodePort'))
    .filter((port) => port !== 0);

export const needsClusterIp = (service: ApiObject) =>
  ['ClusterIP', 'NodePort', 'LoadBalancer'].includes(typeOf(service));

export const isExternal = (service: ApiObject) =>
  typeOf(service) === 'NodePort' || typeOf(service) === 'LoadBalancer';

/** Upstream's `ExternallyAccessible`. */
export const isExternallyAccessible = (service: ApiObject) =>
  isExternal(service) ||
  (typeOf(service) === 'ClusterIP' && listAt(service, 'spec', 'externalIPs').length > 0);

export const isHeadless = (service: ApiObject) => clusterIpsOf(service)[0] === 'None';

export const hasSelector = (service: ApiObject) =>
  Object.keys(at(service, 'spec', 'selector') ?? {}).length > 0;

/** Whether node ports are to be found for ports that name none. */
export const allocatesNodePorts = (service: ApiObject) =>
  typeOf(service) === 'NodePort' ||
  (typeOf(service) === 'LoadBalancer' &&
    at(service, 'spec', 'allocateLoadBalancerNodePorts') !== false);

export const needsHealthPort = (service: ApiObject) =>
  typeOf(service) === 'LoadBalancer' &&
  textAt(service, 'spec', 'externalTrafficPolicy') === 'Local';

/** The Service with some fields of its spec set, and those removed that are `undefined`. */
export function withSpec(
  service: ApiObject,
  changes: Readonly<Record<string, Json | undefined>>,
): ApiObject {
  const merged = { ...objectAt(service, 'spec'), ...changes };
  return {
    ...service,
    spec: Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined)),
  };
}

export function isSame(one: Json | undefined, other: Json | undefined): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}
