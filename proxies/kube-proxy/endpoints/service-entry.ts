/** A Service of one family with its slices: what is wanted, and what was told of it. */
import type { Backend, ServicePort, ServicePortState } from '../service-port.ts';
import { categorizeEndpoints, type Place } from './categorize-endpoints.ts';
import { endpointsOfPort } from './endpoints-of-port.ts';
import type { ReadSlice } from './read-slice.ts';
import type { HealthCheckNodePort, UdpPort } from './service-changes.ts';
import { keepOrder } from './stable-order.ts';

export interface ServiceEntry {
  /** `namespace/name` */
  readonly key: string;
  /** What the Service asks for: after a take, the very objects that were told. */
  ports: readonly ServicePort[];
  told: readonly ServicePortState[];
  /** By key: the order in which they came must not matter. */
  slices: readonly ReadSlice[];
  /** 0 without one. */
  healthCheckNodePort: number;
  /** As of the last take. */
  udp: readonly UdpPort[];
}

const none: readonly never[] = [];

export function createServiceEntry(key: string): ServiceEntry {
  return {
    key,
    ports: none,
    told: none,
    slices: none,
    healthCheckNodePort: 0,
    udp: none,
  };
}

/** Nothing is left of it, and nobody is to be told. */
export function isGone({ ports, told, slices }: ServiceEntry): boolean {
  return ports.length === 0 && told.length === 0 && slices.length === 0;
}

/** The state of each port now; of one that did not change, the very object that was told. */
export function statesOf(entry: ServiceEntry, place: Place): readonly ServicePortState[] {
  if (entry.ports.length === 0) return none;
  return entry.ports.map((port) => {
    const told = entry.told.find(({ key }) => key === port.key);
    const selection = categorizeEndpoints(endpointsOfPort(entry.slices, port), port, place);
    const here = selection.reachable.filter(({ isLocal }) => isLocal);
    const cluster = keepOrder(told?.cluster ?? none, selection.cluster);
    const local = keepOrder(told?.local ?? none, selection.local);
    const reachableHere = keepOrder(told?.reachableHere ?? none, here);
    const { hasEndpoints } = selection;
    const isSame =
      told === port &&
      told.cluster === cluster &&
      told.local === local &&
      told.reachableHere === reachableHere &&
      told.hasEndpoints === hasEndpoints;
    return isSame ? told : stateOf(port, { cluster, local, reachableHere, hasEndpoints });
  });
}

function stateOf(
  port: ServicePort,
  choice: Pick<ServicePortState, 'cluster' | 'local' | 'reachableHere' | 'hasEndpoints'>,
): ServicePortState {
  return {
    key: port.key,
    family: port.family,
    namespace: port.namespace,
    name: port.name,
    portName: port.portName,
    protocol: port.protocol,
    clusterIP: port.clusterIP,
    port: port.port,
    nodePort: port.nodePort,
    externalIPs: port.externalIPs,
    loadBalancerIPs: port.loadBalancerIPs,
    sourceRanges: port.sourceRanges,
    isInternalLocal: port.isInternalLocal,
    isExternalLocal: port.isExternalLocal,
    affinitySeconds: port.affinitySeconds,
    cluster: choice.cluster,
    local: choice.local,
    reachableHere: choice.reachableHere,
    hasEndpoints: choice.hasEndpoints,
  };
}

/** Whether two readings of a port come to the same. */
export function isSamePort(a: ServicePort, b: ServicePort): boolean {
  return (
    a.key === b.key &&
    isReachedAlike(a, b) &&
    (a.sourceRanges === b.sourceRanges ||
      (a.sourceRanges !== null &&
        b.sourceRanges !== null &&
        isSameTexts(a.sourceRanges, b.sourceRanges))) &&
    a.isInternalLocal === b.isInternalLocal &&
    a.isExternalLocal === b.isExternalLocal &&
    a.affinitySeconds === b.affinitySeconds
  );
}

function isSameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}

/** null without one. What ends does not count, though it may still be served: the load balancer is to turn away. */
export function healthCheckOf(entry: ServiceEntry): HealthCheckNodePort | null {
  if (entry.healthCheckNodePort === 0) return null;
  const [namespace = '', name = ''] = entry.key.split('/');
  const addresses = new Set<string>();
  for (const { ports, endpoints } of entry.slices) {
    if (ports.length === 0) continue;
    for (const { isLocal, isReady, address } of endpoints) {
      if (isLocal && isReady) addresses.add(address);
    }
  }
  return { namespace, name, port: entry.healthCheckNodePort, localEndpoints: addresses.size };
}

/** Policies do not matter to flows that exist: as a TCP connection does, they stay while it serves. */
export function udpPortsOf({ ports, slices }: ServiceEntry): readonly UdpPort[] {
  return ports.flatMap((port) => {
    if (port.protocol !== 'UDP') return [];
    const serving = endpointsOfPort(slices, port).filter(({ isServing }) => isServing);
    return udpPort(
      port,
      serving.map(({ address }: Pick<Backend, 'address'>) => address),
    );
  });
}

/** Whether flows of before may go on to where nobody serves, or were begun while nobody did. */
export function isUdpStale(before: readonly UdpPort[], now: readonly UdpPort[]): boolean {
  return now.some(({ key, servingIPs }) => {
    const served = before.find((port) => port.key === key)?.servingIPs;
    if (served === undefined || served.size === 0) return servingIPs.size > 0;
    return !served.isSubsetOf(servingIPs);
  });
}

/** Of what was told, the UDP ports that are now gone, or that are reached elsewhere now. */
export function udpGoneFrom(
  told: readonly ServicePort[],
  now: readonly ServicePort[],
): readonly UdpPort[] {
  return told.flatMap((port) => {
    if (port.protocol !== 'UDP') return [];
    const next = now.find(({ key }) => key === port.key);
    return next === port || (next && isReachedAlike(port, next)) ? [] : udpPort(port, []);
  });
}

function isReachedAlike(a: ServicePort, b: ServicePort): boolean {
  return (
    a.clusterIP === b.clusterIP &&
    a.port === b.port &&
    a.nodePort === b.nodePort &&
    isSameTexts(a.externalIPs, b.externalIPs) &&
    isSameTexts(a.loadBalancerIPs, b.loadBalancerIPs)
  );
}

function udpPort(port: ServicePort, servingIPs: readonly string[]): UdpPort {
  return {
    key: port.key,
    addresses: [port.clusterIP, ...port.externalIPs, ...port.loadBalancerIPs],
    port: port.port,
    nodePort: port.nodePort,
    servingIPs: new Set(servingIPs),
  };
}
