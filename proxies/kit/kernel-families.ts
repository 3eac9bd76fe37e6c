/** Which families of addresses this machine's kernel has: one that was started with `ipv6.disable=1` lacks IPv6. */
import { existsSync } from 'node:fs';
import type { IpFamily } from './ip.ts';

/** Asked for another, iproute2 fails: Address family not supported by protocol. */
export function kernelFamilies(): readonly IpFamily[] {
  return existsSync('/proc/sys/net/ipv6') ? ['IPv4', 'IPv6'] : ['IPv4'];
}
