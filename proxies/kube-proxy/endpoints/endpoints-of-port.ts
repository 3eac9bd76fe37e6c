/** The endpoints of one port of a Service, out of all its slices. */
import type { ServicePort } from '../service-port.ts';
import type { Endpoint, PortEndpoint } from './endpoint.ts';
import type { ReadSlice } from './read-slice.ts';

/**
 * Each `address:port` once. It may be in two slices while it moves from one to the other, and an address
 * may be two pods' when one ends and its successor has begun: the one that does not end counts, else the
 * one that is ready, else the one that serves, else the first.
 */
export function endpointsOfPort(
  slices: readonly ReadSlice[],
  { portName, protocol }: Pick<ServicePort, 'portName' | 'protocol'>,
): readonly PortEndpoint[] {
  const found = new Map<string, PortEndpoint>();
  for (const { ports, endpoints } of slices) {
    for (const { name, protocol: transport, port } of ports) {
      if (name !== portName || transport !== protocol) continue;
      for (const endpoint of endpoints) {
        const key = `${endpoint.address} ${port}`;
        const other = found.get(key);
        if (!other || rank(endpoint) > rank(other)) found.set(key, { ...endpoint, port });
      }
    }
  }
  return [...found.values()];
}

function rank({ isTerminating, isReady, isServing, isLocal }: Endpoint): number {
  return (isTerminating ? 0 : 8) + (isReady ? 4 : 0) + (isServing ? 2 : 0) + (isLocal ? 1 : 0);
}
