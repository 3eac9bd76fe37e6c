/** Which conntrack entries keep UDP flows on a way that Services no longer have (specification 3.10). */
import type { ConntrackEntry } from '../../kit/netlink/conntrack-entry.ts';
import type { UdpPort } from '../endpoints/service-changes.ts';

/**
 * An entry to one of the ports that was not sent to one of its serving endpoints. UDP has no end: such a flow
 * would go on to where nobody is, for as long as its client sends. Where nobody serves, that are all that were
 * sent on: what was not may be to the node's own.
 *
 * @param nodeIPs at which the NodePorts answer: the same port elsewhere is not ours
 */
export function staleUdp(
  ports: readonly UdpPort[],
  nodeIPs: readonly string[],
): (entry: ConntrackEntry) => boolean {
  const serving = new Map<string, ReadonlySet<string>>();
  for (const port of ports) {
    for (const key of keysOf(port, nodeIPs)) {
      // A port that is gone may have left its address to another one.
      serving.set(key, port.servingIPs.union(serving.get(key) ?? new Set()));
    }
  }
  return ({ protocol, original, reply, isDestinationNat }) => {
    if (protocol !== 'UDP') return false;
    const servingIPs = serving.get(keyOf(original.destination, original.destinationPort));
    if (servingIPs === undefined) return false;
    return servingIPs.size === 0 ? isDestinationNat : !servingIPs.has(reply.source);
  };
}

function keysOf(port: UdpPort, nodeIPs: readonly string[]): string[] {
  return [
    ...port.addresses.map((address) => keyOf(address, port.port)),
    ...(port.nodePort === 0 ? [] : nodeIPs.map((address) => keyOf(address, port.nodePort))),
  ];
}

function keyOf(address: string, port: number): string {
  return `${address} ${port}`;
}
