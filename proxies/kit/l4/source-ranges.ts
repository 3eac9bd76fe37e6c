/** Tells addresses by their CIDRs. */
import { BlockList } from 'node:net';
import type { IpFamily } from '../ip.ts';

/** @param cidrs of the family; an address alone is one too */
export function matcherOf(
  family: IpFamily,
  cidrs: readonly string[],
): (address: string) => boolean {
  if (cidrs.length === 0) return () => false;
  const type = family === 'IPv4' ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', length] = cidr.split('/');
    if (length === undefined) list.addAddress(address, type);
    else list.addSubnet(address, Number(length), type);
  }
  return (address) => list.check(address, type);
}
