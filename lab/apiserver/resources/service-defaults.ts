/** What Kubernetes fills in where a Service says nothing. */
import type { Json } from '../../../proxies/kit/api/json.ts';
import { at, isObject, listAt, objectAt, textAt, type ApiObject } from '../api-object.ts';
import {
  isExternallyAccessible,
  needsHealthPort,
  portsOf,
  typeOf,
  withSpec,
} from './service-spec.ts';

/** One day is the longest, three hours is what one gets. */
const affinitySeconds = 10_800;

export function withServiceDefaults(service: ApiObject): ApiObject {
  const typed = withSpec(service, { type: typeOf(service) || 'ClusterIP' });
  const ports = portsOf(typed);
  const isExternalName = typeOf(typed) === 'ExternalName';
  return withSpec(typed, {
    ...(ports.length === 0 ? {} : { ports: ports.map(withPortDefaults) }),
    ...affinityOf(typed),
    ...(isExternalName || at(typed, 'spec', 'internalTrafficPolicy') !== undefined
      ? {}
      : { internalTrafficPolicy: 'Cluster' }),
    ...(isExternallyAccessible(typed)
      ? { externalTrafficPolicy: textAt(typed, 'spec', 'externalTrafficPolicy') || 'Cluster' }
      : {}),
    ...(typeOf(typed) === 'LoadBalancer'
      ? {
          allocateLoadBalancerNodePorts: at(typed, 'spec', 'allocateLoadBalancerNodePorts') ?? true,
        }
      : {}),
    ...(needsHealthPort(typed) ? {} : withoutZero(typed)),
  });
}

function withPortDefaults(port: Json): Json {
  if (!isObject(port)) return port;
  const { nodePort, ...rest } = port;
  const target = at(port, 'targetPort');
  return {
    ...rest,
    protocol: textAt(port, 'protocol') || 'TCP',
    targetPort: target === undefined || target === 0 || target === '' ? at(port, 'port') : target,
    ...(nodePort === undefined || nodePort === 0 ? {} : { nodePort }),
  };
}

function affinityOf(service: ApiObject): Readonly<Record<string, Json | undefined>> {
  const sessionAffinity = textAt(service, 'spec', 'sessionAffinity') || 'None';
  const config = at(service, 'spec', 'sessionAffinityConfig');
  if (sessionAffinity === 'None') return { sessionAffinity, sessionAffinityConfig: undefined };
  const timeoutSeconds = at(config, 'clientIP', 'timeoutSeconds') ?? affinitySeconds;
  return sessionAffinity === 'ClientIP'
    ? { sessionAffinity, sessionAffinityConfig: { clientIP: { timeoutSeconds } } }
    : { sessionAffinity };
}

function withoutZero(service: ApiObject): Readonly<Record<string, undefined>> {
  return at(service, 'spec', 'healthCheckNodePort') === 0 ? { healthCheckNodePort: undefined } : {};
}

/** Nobody serves it yet. */
export function withEmptyStatus(service: ApiObject): ApiObject {
  return { ...service, status: { loadBalancer: {} } };
}

/**
 * Who has a Service that is no load balancer any more is not shown its addresses, though whoever gave them still
 * has to take them back.
 */
export function keepStatus(service: ApiObject, old: ApiObject): ApiObject {
  if (typeOf(service) === 'LoadBalancer')
    return { ...service, ...(old.status === undefined ? {} : { status: old.status }) };
  return { ...service, status: { ...objectAt(old, 'status'), loadBalancer: {} } };
}

/** Packets for a load balancer's address have it as their destination, unless it says otherwise. */
export function withIngressDefaults(service: ApiObject): ApiObject {
  const ingress = listAt(service, 'status', 'loadBalancer', 'ingress');
  if (ingress.length === 0) return service;
  const completed = ingress.map((one) =>
    isObject(one) && textAt(one, 'ip') !== '' && typeof one.ipMode !== 'string'
      ? { ...one, ipMode: 'VIP' }
      : one,
  );
  const status = at(service, 'status');
  return {
    ...service,
    status: { ...(isObject(status) ? status : {}), loadBalancer: { ingress: completed } },
  };
}
