/** CIDRs as interval sets take them: masked, and none within another. */
import { BlockList, isIPv6 } from 'node:net';

/** @returns the CIDRs without those inside others; single addresses without their length */
export function distinctRanges(cidrs: readonly string[]): string[] {
  const ranges = cidrs.map(parsed).toSorted((a, b) => a.length - b.length);
  const taken = new BlockList();
  const distinct: string[] = [];
  for (const { address, length, bits } of ranges) {
    const type = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (taken.check(address, type)) continue;
    taken.addSubnet(address, length, type);
    distinct.push(length === bits ? address : `${address}/${length}`);
  }
  return distinct;
}

/** Whether an address is in one of the ranges. */
export function isWithin(cidrs: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const range = parsed(cidr);
    list.addSubnet(range.address, range.length, isIPv6(range.address) ? 'ipv6' : 'ipv4');
  }
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Whether a range lets everybody in. */
export function isEverybody(cidr: string): boolean {
  return cidr.endsWith('/0');
}

function parsed(cidr: string): { address: string; length: number; bits: number } {
  const [address = '', length] = cidr.split('/');
  const bits = isIPv6(address) ? 128 : 32;
  return { address, length: length === undefined ? bits : Number(length), bits };
}
