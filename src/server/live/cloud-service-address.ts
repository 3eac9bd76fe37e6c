/** Where packets for a load balancer are sent: a status may have a name instead of an address. */
import { isIPv4 } from 'node:net';
import type { LoadBalancerIngress } from '../../../proxies/cloud-load-balancer/service.ts';

/** IPv4 where there is a choice; null where there is nothing to send to. */
export function addressOf(ingress: readonly LoadBalancerIngress[]): string | null {
  const addresses = ingress.flatMap(({ ip }) => ip ?? []);
  return addresses.find((ip) => isIPv4(ip)) ?? addresses[0] ?? null;
}
