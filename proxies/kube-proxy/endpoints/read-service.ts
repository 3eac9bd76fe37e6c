/** A Service as a kube-proxy of one IP family reads it: upstream's serviceport.go. */
import type { Family, ServicePort } from '../service-port.ts';
import { isProxied, type Service } from './api-objects.ts';
import { addressIn, readAddress, type FamilyAddress } from './ip-address.ts';
import { readRange } from './ip-range.ts';
import { transportOf } from './transport.ts';

export interface ReadService {
  readonly ports: readonly ServicePort[];
  /** 0 without one. */
  readonly healthCheckNodePort: number;
}

export interface ServiceReader {
  readonly family: Family;
  /** The gate AllowServiceExternalIPs. */
  readonly allowsExternalIPs: boolean;
  readonly log: (line: string) => void;
}

type Spec = NonNullable<Service['spec']>;

/** Kubernetes' default of `clientIP.timeoutSeconds`: three hours. */
const defaultAffinitySeconds = 10_800;
const ignored: ReadService = { ports: [], healthCheckNodePort: 0 };
const none: readonly never[] = [];

/** No ports for a Service that is not proxied, or has no ClusterIP of the family. */
export function readService(service: Service, reader: ServiceReader): ReadService {
  const { spec } = service;
  const clusterIP = spec && isServed(service, spec) ? clusterIPOf(spec, reader.family) : null;
  if (!spec || clusterIP === null) return ignored;
  const isExternalLocal = isExternalPolicyLocal(spec);
  const shared = {
    family: reader.family,
    namespace: service.metadata.namespace ?? '',
    name: service.metadata.name,
    clusterIP,
    externalIPs: reader.allowsExternalIPs ? externalIPsOf(service, spec, reader) : none,
    loadBalancerIPs: loadBalancerIPsOf(service, reader),
    sourceRanges: sourceRangesOf(service, spec, reader),
    isInternalLocal: spec.internalTrafficPolicy === 'Local',
    isExternalLocal,
    affinitySeconds: affinitySecondsOf(spec),
  };
  return {
    ports: portsOf(spec, shared),
    healthCheckNodePort:
      spec.type === 'LoadBalancer' && isExternalLocal ? (spec.healthCheckNodePort ?? 0) : 0,
  };
}

function isServed(service: Service, { type, clusterIP }: Spec): boolean {
  return !!clusterIP && clusterIP !== 'None' && type !== 'ExternalName' && isProxied(service);
}

function portsOf(
  spec: Spec,
  shared: Omit<ServicePort, 'key' | 'portName' | 'protocol' | 'port' | 'nodePort'>,
): ServicePort[] {
  const ports: ServicePort[] = [];
  const { family, namespace, name } = shared;
  for (const { name: text, protocol: kind, port, nodePort } of spec.ports ?? []) {
    const protocol = transportOf(kind);
    if (!protocol) continue;
    const portName = text ?? '';
    ports.push({
      key: `${family} ${namespace}/${name}${portName && `:${portName}`}/${protocol}`,
      family,
      namespace,
      name,
      portName,
      protocol,
      clusterIP: shared.clusterIP,
      port,
      nodePort: nodePort ?? 0,
      externalIPs: shared.externalIPs,
      loadBalancerIPs: shared.loadBalancerIPs,
      sourceRanges: shared.sourceRanges,
      isInternalLocal: shared.isInternalLocal,
      isExternalLocal: shared.isExternalLocal,
      affinitySeconds: shared.affinitySeconds,
    });
  }
  return ports;
}

function clusterIPOf({ clusterIP, clusterIPs, ipFamilies }: Spec, family: Family): string | null {
  // The families say which is which; Services from before dual stack have none.
  const index = ipFamilies && ipFamilies.length > 0 ? ipFamilies.indexOf(family) : 0;
  if (index < 0) return null;
  const text = clusterIPs?.[index] ?? (index === 0 ? clusterIP : null);
  return text ? addressIn(family, text) : null;
}

/** The policy is void for a Service that nobody outside can reach. */
function isExternalPolicyLocal({ externalTrafficPolicy, type, externalIPs }: Spec): boolean {
  if (externalTrafficPolicy !== 'Local') return false;
  return type === 'LoadBalancer' || type === 'NodePort' || (externalIPs?.length ?? 0) > 0;
}

function affinitySecondsOf({ sessionAffinity, sessionAffinityConfig }: Spec): number {
  if (sessionAffinity !== 'ClientIP') return 0;
  return sessionAffinityConfig?.clientIP?.timeoutSeconds ?? defaultAffinitySeconds;
}

function externalIPsOf(service: Service, spec: Spec, reader: ServiceReader): readonly string[] {
  return ofFamily(service, reader, 'external IP', spec.externalIPs ?? none, readAddress);
}

/** Behind `ipMode: Proxy`, and behind a host name, stands a load balancer that must see the traffic. */
function loadBalancerIPsOf(service: Service, reader: ServiceReader): readonly string[] {
  const ingress = service.status?.loadBalancer?.ingress ?? none;
  if (ingress.length === 0) return none;
  const captured = ingress.flatMap(({ ip, ipMode }) =>
    ip && (ipMode ?? 'VIP') === 'VIP' ? ip : [],
  );
  return ofFamily(service, reader, 'load balancer IP', captured, readAddress);
}

function sourceRangesOf(
  service: Service,
  { loadBalancerSourceRanges: ranges }: Spec,
  reader: ServiceReader,
): readonly string[] | null {
  if (!ranges || ranges.length === 0) return null;
  return ofFamily(service, reader, 'source range', ranges, readRange);
}

/** Those of the family, each once; what cannot be read, or belongs to no family of the Service, is logged. */
function ofFamily(
  { metadata, spec }: Service,
  { family, log }: ServiceReader,
  what: string,
  texts: readonly string[],
  read: (text: string) => FamilyAddress | null,
): readonly string[] {
  if (texts.length === 0) return none;
  const own = new Set<string>();
  for (const text of texts) {
    const found = read(text);
    if (found?.family === family) own.add(found.address);
    else if (!found || !hasFamily(spec, found.family)) {
      const why = found ? `the Service has no ClusterIP of family ${found.family}` : 'it is none';
      log(
        `Service ${metadata.namespace ?? ''}/${metadata.name}: ${what} "${text}" is ignored: ${why}`,
      );
    }
  }
  return own.size === 0 ? none : [...own];
}

function hasFamily(spec: Service['spec'], family: Family): boolean {
  return spec ? clusterIPOf(spec, family) !== null : false;
}
