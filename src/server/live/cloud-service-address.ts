/** Where packets for a load balancer are sent: a status may have a name instead of an address. */
import { isIPv4 } from 'node:net';
import type { LoadBalancerIngress } from '../../../proxies/cloud-load-balancer/service.ts';
import type { LabNetwork } from './backend.ts';

/** What the lab's cloud knows its own names as; they are in no DNS. */
export async function standsFor(
  ingress: readonly LoadBalancerIngress[],
  network: Pick<LabNetwork, 'loadBalancers'>,
): Promise<readonly string[]> {
  const names = ingress.flatMap(({ hostname }) => hostname ?? []);
  if (names.length === 0) return [];
  const known = await network.loadBalancers();
  return known
    .filter(({ hostname }) => hostname !== null && names.includes(hostname))
    .flatMap(({ addresses }) => addresses);
}

/** IPv4 where there is a choice; null where there is nothing to send to. */
export function firstAddress(addresses: readonly string[]): string | null {
  return addresses.find((address) => isIPv4(address)) ?? addresses[0] ?? null;
}
