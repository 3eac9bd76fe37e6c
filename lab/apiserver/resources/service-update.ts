/** What an update of a Service leaves out, and what its new type makes void. */
import type { Json } from '../../../proxies/kit/api/json.ts';
import { at, isObject, numberAt, textAt, without, type ApiObject } from '../api-object.ts';
import {
  clusterIpOf,
  clusterIpsOf,
  familiesOf,
  healthPortOf,
  isExternal,
  isExternallyAccessible,
  isSame,
  needsClusterIp,
  needsHealthPort,
  nodePortsOf,
  policyOf,
  portsOf,
  typeOf,
  withSpec,
} from './service-spec.ts';

/** Drops fields that the new type has no use for, unless the client has just set them. */
export function dropForType(service: ApiObject, old: ApiObject): ApiObject {
  return drops.reduce(
    (now, { applies, fields }) =>
      applies(old) && !applies(now)
        ? withSpec(
            now,
            Object.fromEntries(fields.flatMap((field) => droppedField(now, old, field))),
          )
        : now,
    dropNodePorts(service, old),
  );
}

/** Upstream's `dropTypeDependentFields`, as a table. */
const drops: readonly {
  readonly applies: (service: ApiObject) => boolean;
  readonly fields: readonly string[];
}[] = [
  { applies: needsClusterIp, fields: ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'] },
  { applies: needsHealthPort, fields: ['healthCheckNodePort'] },
  { applies: isExternallyAccessible, fields: ['externalTrafficPolicy'] },
  {
    applies: (service) => typeOf(service) === 'LoadBalancer',
    fields: ['allocateLoadBalancerNodePorts', 'loadBalancerClass'],
  },
];

function droppedField(
  service: ApiObject,
  old: ApiObject,
  field: string,
): readonly (readonly [string, undefined])[] {
  return isSame(at(service, 'spec', field), at(old, 'spec', field)) ? [[field, undefined]] : [];
}

function dropNodePorts(service: ApiObject, old: ApiObject): ApiObject {
  if (!isExternal(old) || isExternal(service)) return service;
  const before = new Set(nodePortsOf(old));
  if (!nodePortsOf(service).every((port) => before.has(port))) return service;
  return withSpec(service, { ports: portsOf(service).map((port) => withNodePort(port, 0)) });
}

/** An update that leaves out what was allocated means to keep it. */
export function keepAllocated(service: ApiObject, old: ApiObject): ApiObject {
  return keepHealthPort(keepNodePorts(keepClusterIps(service, old), old), old);
}

function keepClusterIps(service: ApiObject, old: ApiObject): ApiObject {
  if (!needsClusterIp(old) || !needsClusterIp(service)) return service;
  const clusterIP = clusterIpOf(service) || clusterIpOf(old);
  const isKept = clusterIpsOf(service).length === 0 && clusterIP === clusterIpOf(old);
  const clusterIPs = isKept ? clusterIpsOf(old) : clusterIpsOf(service);
  return clusterIP === '' ? service : withSpec(service, { clusterIP, clusterIPs });
}

/** By the ports' names; a node port that the update uses elsewhere stays there. */
function keepNodePorts(service: ApiObject, old: ApiObject): ApiObject {
  if (!isExternal(old) || !isExternal(service)) return service;
  const before = new Set(nodePortsOf(old));
  const used = new Set(nodePortsOf(service).filter((port) => before.has(port)));
  const byName = new Map(
    portsOf(old).map((port) => [textAt(port, 'name'), numberAt(port, 'nodePort')]),
  );
  const ports = portsOf(service).map((port) => {
    const earlier = byName.get(textAt(port, 'name')) ?? 0;
    if (numberAt(port, 'nodePort') !== 0 || earlier === 0 || used.has(earlier)) return port;
    used.add(earlier);
    return withNodePort(port, earlier);
  });
  return withSpec(service, { ports });
}

function keepHealthPort(service: ApiObject, old: ApiObject): ApiObject {
  if (!needsHealthPort(old) || !needsHealthPort(service) || healthPortOf(service) !== 0) {
    return service;
  }
  return withSpec(service, { healthCheckNodePort: healthPortOf(old) });
}

/** `clusterIP` is the first of `clusterIPs`: brings together what a client has set of the two. */
export function normalizeClusterIps(service: ApiObject, old: ApiObject | undefined): ApiObject {
  const [now, list] = [clusterIpOf(service), clusterIpsOf(service)];
  if (now !== '' && list.length === 0) return withSpec(service, { clusterIPs: [now] });
  if (!old) return service;
  const isListSame = isSame([...list], [...clusterIpsOf(old)]);
  if (now === clusterIpOf(old) || !isListSame) return service;
  if (now === '') return withSpec(service, { clusterIPs: undefined });
  return withSpec(service, { clusterIPs: [now] });
}

/** Upstream leaves Services alone that prefer two families and change nothing about them. */
export function isUnchangedPreference(service: ApiObject, old: ApiObject | undefined): boolean {
  return (
    old !== undefined &&
    typeOf(old) === typeOf(service) &&
    needsClusterIp(service) &&
    policyOf(service) === 'PreferDualStack' &&
    policyOf(old) === 'PreferDualStack' &&
    isSame([...clusterIpsOf(service)], [...clusterIpsOf(old)]) &&
    isSame([...familiesOf(service)], [...familiesOf(old)])
  );
}

export function withNodePort(port: Json, nodePort: number): Json {
  if (!isObject(port)) return port;
  const rest = without(port, 'nodePort');
  return nodePort === 0 ? rest : { ...rest, nodePort };
}
