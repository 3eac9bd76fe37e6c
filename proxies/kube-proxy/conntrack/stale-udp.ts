/** Which conntrack entries keep UDP flows on a way that Services no longer have (specification 3.10). */
import type { ConntrackEntry } from '../../kit/netlink/conntrack-entry.ts';
import type { UdpPort } from '../endpoints/service-changes.ts';

/**
 * An entry to one of the ports that was not sent to one of its serving endpoints. UDP has no end: such a flow
 * would go on to where nobody is, for as long as its client sends. A port without endpoints has only such.
 *
 * @param nodeIPs at which the NodePorts answer: the same port elsewhere is not ours
 */
export function staleUdp(
  ports: readonly UdpPort[],
  nodeIPs: readonly string[],
): (entry: ConntrackEntry) => boolean {
  const serving = new Map(
    ports.flatMap((port) =>
      [
        ...port.addresses.map((address) => keyOf(address, port.port)),
        ...(port.nodePort === 0 ? [] : nodeIPs.map((address) => keyOf(address, port.nodePort))),
      ].map((key) => [key, port.servingIPs] as const),
    ),
  );
  return ({ protocol, original, reply }) => {
    if (protocol !== 'UDP') return false;
    const servingIPs = serving.get(keyOf(original.destination, original.destinationPort));
    return servingIPs !== undefined && !servingIPs.has(reply.source);
  };
}

function keyOf(address: string, port: number): string {
  return `${address} ${port}`;
}
