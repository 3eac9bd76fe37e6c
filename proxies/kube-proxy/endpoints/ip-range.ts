/** CIDRs as Kubernetes has ever accepted them, in the one form in which they are compared. */
import { readAddress, type FamilyAddress } from './ip-address.ts';

const bits = { IPv4: 32, IPv6: 128 } as const;
const groups = { IPv4: { bits: 8, radix: 10 }, IPv6: { bits: 16, radix: 16 } } as const;

/**
 * With the host's bits cleared, and without the whitespace that validation once let through.
 *
 * @example readRange(' 203.0.113.129/025 ') // { family: 'IPv4', address: '203.0.113.128/25' }
 * @example readRange('FD00::1/64') // { family: 'IPv6', address: 'fd00::/64' }
 */
export function readRange(text: string): FamilyAddress | null {
  const [host = '', length, ...rest] = text.trim().split('/');
  if (length === undefined || rest.length > 0 || !/^\d+$/.test(length)) return null;
  const read = readAddress(host);
  const prefix = Number(length);
  if (!read || prefix > bits[read.family]) return null;
  return { family: read.family, address: `${networkOf(read, prefix)}/${prefix}` };
}

function networkOf({ family, address }: FamilyAddress, prefix: number): string {
  if (prefix === bits[family]) return address;
  const { bits: size, radix } = groups[family];
  const network = groupsOf(family, address).map((group, index) => {
    const kept = Math.min(Math.max(prefix - index * size, 0), size);
    return group & ~((1 << (size - kept)) - 1);
  });
  const separator = family === 'IPv4' ? '.' : ':';
  const text = network.map((group) => group.toString(radix)).join(separator);
  return readAddress(text)?.address ?? address;
}

/** All eight groups of a canonical IPv6 address, or all four of an IPv4 one. */
function groupsOf(family: FamilyAddress['family'], address: string): number[] {
  if (family === 'IPv4') return address.split('.').map(Number);
  // The last 32 bits may be written as IPv4.
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...octets: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = octets.slice(0, 4).map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [head = '', tail] = hex.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  return [...first, ...zeros, ...last].map((group) => Number.parseInt(group, 16));
}
