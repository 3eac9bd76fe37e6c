/** IP addresses as numbers: what ranges are counted in. */
import { isIPv4, isIPv6 } from 'node:net';

export type IpFamily = 'IPv4' | 'IPv6';

export interface Ip {
  readonly family: IpFamily;
  readonly value: bigint;
}

/** A range in CIDR notation, such as `10.96.0.0/16`. */
export interface IpRange extends Ip {
  readonly prefixLength: number;
  /** How many addresses it has. */
  readonly size: bigint;
}

const bits = { IPv4: 32, IPv6: 128 } as const;

/**
 * Reads an address as Go's `net.ParseIP` does: no zone, no leading zeros.
 *
 * @example parseIp('10.96.0.1')?.family // 'IPv4'
 */
export function parseIp(text: string): Ip | undefined {
  if (isIPv4(text)) return { family: 'IPv4', value: valueOf(text.split('.').map(Number), 8n) };
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const value = valueOf(groupsOf(text), 16n);
  // Go makes no difference between an IPv4 address and the IPv6 address that it is mapped to.
  return value >> 32n === 0xffffn
    ? { family: 'IPv4', value: value & 0xffff_ffffn }
    : { family: 'IPv6', value };
}

/** Reads a range; the address may be any of its own. */
export function parseIpRange(text: string): IpRange | undefined {
  const [address = '', length = ''] = text.split('/');
  const ip = parseIp(address);
  const prefixLength = Number(length);
  if (!ip || !/^\d+$/.test(length) || prefixLength > bits[ip.family]) return undefined;
  const size = 1n << BigInt(bits[ip.family] - prefixLength);
  return { family: ip.family, value: (ip.value / size) * size, prefixLength, size };
}

export function isInRange({ value, size, family }: IpRange, ip: Ip): boolean {
  return ip.family === family && ip.value >= value && ip.value < value + size;
}

/** The one form of an address (RFC 5952). */
export function formatIp({ family, value }: Ip): string {
  if (family === 'IPv4') return partsOf(value, 4, 8n).join('.');
  const groups = partsOf(value, 8, 16n).map((group) => group.toString(16));
  const zeros = longestZeros(groups);
  if (!zeros) return groups.join(':');
  const before = groups.slice(0, zeros.start).join(':');
  return `${before}::${groups.slice(zeros.start + zeros.length).join(':')}`;
}

export function formatIpRange(range: IpRange): string {
  return `${formatIp(range)}/${range.prefixLength}`;
}

function valueOf(parts: readonly number[], width: bigint): bigint {
  return parts.reduce((sum, part) => (sum << width) | BigInt(part), 0n);
}

function partsOf(value: bigint, count: number, width: bigint): readonly number[] {
  const mask = (1n << width) - 1n;
  return Array.from({ length: count }, (_, index) =>
    Number((value >> (width * BigInt(count - 1 - index))) & mask),
  );
}

/** The eight groups of an IPv6 address, `::` and a dotted end written out. */
function groupsOf(text: string): readonly number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  const plain = dotted
    ? `${dotted[1] ?? ''}${pair(dotted[2], dotted[3])}:${pair(dotted[4], dotted[5])}`
    : text;
  const [head = '', tail] = plain.split('::');
  const read = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => parseInt(group, 16));
  const first = read(head);
  if (tail === undefined) return first;
  const last = read(tail);
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
}

function pair(high = '0', low = '0'): string {
  return (Number(high) * 256 + Number(low)).toString(16);
}

/** The longest run of zero groups, the first of equals; a single one is not shortened. */
function longestZeros(groups: readonly string[]) {
  let best: { start: number; length: number } | undefined;
  for (let start = 0; start < groups.length; start += 1) {
    let end = start;
    while (groups[end] === '0') end += 1;
    if (end - start > Math.max(best?.length ?? 1, 1)) best = { start, length: end - start };
    start = Math.max(start, end);
  }
  return best;
}
