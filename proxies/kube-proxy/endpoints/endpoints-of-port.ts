/** The endpoints of one port of a Service, out of all its slices. */
import type { ServicePort } from '../service-port.ts';
import type { Endpoint, PortEndpoint } from './endpoint.ts';
import type { ReadSlice } from './read-slice.ts';

/** Up to this many are compared with each other; it costs less than a map. */
const few = 8;

/**
 * Each `address:port` once. It may be in two slices while it moves from one to the other, and an address
 * may be two pods' when one ends and its successor has begun: the one that does not end counts, else the
 * one that is ready, else the one that serves, else the first.
 */
export function endpointsOfPort(
  slices: readonly ReadSlice[],
  { portName, protocol }: Pick<ServicePort, 'portName' | 'protocol'>,
): readonly PortEndpoint[] {
  const all: PortEndpoint[] = [];
  for (const { ports, endpoints } of slices) {
    for (const { name, protocol: transport, port } of ports) {
      if (name !== portName || transport !== protocol) continue;
      for (const endpoint of endpoints) all.push({ ...endpoint, port });
    }
  }
  return all.length > few ? eachOnce(all) : all.filter(isFirstOfBest);
}

function eachOnce(endpoints: readonly PortEndpoint[]): readonly PortEndpoint[] {
  const best = new Map<string, PortEndpoint>();
  for (const endpoint of endpoints) {
    const name = `${endpoint.address} ${endpoint.port}`;
    const other = best.get(name);
    if (!other || rank(endpoint) > rank(other)) best.set(name, endpoint);
  }
  return [...best.values()];
}

function isFirstOfBest(
  endpoint: PortEndpoint,
  index: number,
  endpoints: readonly PortEndpoint[],
): boolean {
  return endpoints.every((other, at) => {
    const isSame = other.address === endpoint.address && other.port === endpoint.port;
    if (!isSame || at === index) return true;
    const difference = rank(endpoint) - rank(other);
    return difference > 0 || (difference === 0 && index < at);
  });
}

function rank({ isTerminating, isReady, isServing, isLocal }: Endpoint): number {
  return (isTerminating ? 0 : 8) + (isReady ? 4 : 0) + (isServing ? 2 : 0) + (isLocal ? 1 : 0);
}
