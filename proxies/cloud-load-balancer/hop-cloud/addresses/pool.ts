/** A range of addresses that Services may be given. */
import { parseIp, parseIpRange } from '../../../kit/ip.ts';
import type { Family } from '../../service.ts';

export interface AddressPool {
  /** As it was given: `203.0.113.0/24`, `203.0.113.10-203.0.113.20`. */
  readonly text: string;
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * Of an IPv4 network the first and the last address are not given: they are its name and its broadcast. Of an IPv6
 * network the first is not, which is any router's (RFC 4291, 2.6.1). Of a range `a-b` each is.
 *
 * @throws Error for what is neither a CIDR nor a range
 */
export function readPool(text: string): AddressPool {
  return text.includes('/') ? readNetwork(text) : readRange(text);
}

export function poolSize({ first, last }: AddressPool): bigint {
  return last - first + 1n;
}

function readNetwork(text: string): AddressPool {
  const range = parseIpRange(text);
  if (!range) throw unreadable(text);
  const { family, value: first, size } = range;
  const last = first + size - 1n;
  // Networks of one address or two have no room for others (RFC 3021, RFC 6164).
  if (size <= 2n) return { text, family, first, last };
  return { text, family, first: first + 1n, last: family === 'IPv4' ? last - 1n : last };
}

function readRange(text: string): AddressPool {
  const ends = text.split('-').map((end) => parseIp(end.trim()));
  const [first, last = first] = ends;
  if (!first || !last || ends.length > 2) throw unreadable(text);
  if (first.family !== last.family || first.value > last.value) throw unreadable(text);
  return { text, family: first.family, first: first.value, last: last.value };
}

function unreadable(text: string): Error {
  return new Error(
    `address pool "${text}": not a CIDR (203.0.113.0/24) or a range (203.0.113.10-203.0.113.20)`,
  );
}
