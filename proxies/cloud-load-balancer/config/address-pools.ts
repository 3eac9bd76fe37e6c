/** `--address-pool`: the addresses that may be given out. */
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import { parseIpRange } from '../../kit/ip.ts';
import { hasIPv6 } from '../../kit/ipv6.ts';
import type { Dataplane } from '../forwarding.ts';
import { poolSize, readPool, type AddressPool } from '../hop-cloud/addresses/pool.ts';

export interface AddressPoolsOptions {
  readonly dataplane: Dataplane['kind'];
  readonly hasIPv6?: () => Promise<boolean>;
}

/**
 * @throws ConfigurationError `bad-pool`, `foreign-pool`, `large-pool`, `overlapping-pools`, `loopback-pool`, `no-ipv6`
 */
export async function addressPools(
  texts: readonly string[],
  { dataplane, hasIPv6: isIPv6Here = hasIPv6 }: AddressPoolsOptions,
): Promise<readonly AddressPool[]> {
  const pools = readPools(texts);
  for (const [index, pool] of pools.entries()) {
    refuseForeign(pool);
    refuseLarge(pool);
    const other = pools.slice(0, index).find((before) => isOverlap(before, pool));
    if (other) {
      const why = `${other.text} and ${pool.text} have addresses in common`;
      throw new ConfigurationError('overlapping-pools', `--address-pool: ${why}`);
    }
    if (dataplane === 'nftables' && isWithin(loopbacks, pool)) {
      const why = `${pool.text} is on loopback, where the kernel forwards nothing`;
      throw new ConfigurationError('loopback-pool', `--address-pool: ${why}`);
    }
  }
  const six = pools.find(({ family }) => family === 'IPv6');
  if (six && !(await isIPv6Here())) {
    const why = `${six.text} is of IPv6, which this machine does not have`;
    throw new ConfigurationError('no-ipv6', `--address-pool: ${why}`);
  }
  return pools;
}

/** @throws ConfigurationError `bad-pool` */
export function readPools(texts: readonly string[]): readonly AddressPool[] {
  if (texts.length === 0) {
    throw new ConfigurationError('bad-pool', '--address-pool names no addresses');
  }
  return texts.map(read);
}

/** Addresses that are this machine's without anybody's doing. */
export function isLoopbackPool(pool: AddressPool): boolean {
  return loopbacks.some((range) => isInside(range, pool));
}

type Range = Pick<AddressPool, 'family' | 'first' | 'last'>;

const loopbacks = ['127.0.0.0/8', '::1/128'].map(rangeOf);

/** What no Service can be reached at: each is something else by its standard. */
const foreign: readonly (readonly [what: string, range: Range])[] = [
  ['this network (RFC 1122)', rangeOf('0.0.0.0/8')],
  ['multicast (RFC 1112)', rangeOf('224.0.0.0/4')],
  ['reserved (RFC 1112), or the broadcast address', rangeOf('240.0.0.0/4')],
  ['link-local (RFC 3927)', rangeOf('169.254.0.0/16')],
  ['no address (RFC 4291)', rangeOf('::/128')],
  ['link-local (RFC 4291)', rangeOf('fe80::/10')],
  ['multicast (RFC 4291)', rangeOf('ff00::/8')],
];

/** Wider is a slip of the pen: `0.0.0.0/0`. */
const largest = { IPv4: 1n << 24n, IPv6: 1n << 96n } as const;

function read(text: string): AddressPool {
  try {
    return readPool(text);
  } catch {
    const why = `${JSON.stringify(text)} is neither a CIDR nor a range of addresses`;
    throw new ConfigurationError('bad-pool', `--address-pool: ${why}`);
  }
}

function refuseForeign(pool: AddressPool): void {
  const found = foreign.find(([, range]) => isOverlap(range, pool));
  if (!found || poolSize(pool) > largest[pool.family]) return;
  const why = `${pool.text} has addresses that nobody can have: ${found[0]}`;
  throw new ConfigurationError('foreign-pool', `--address-pool: ${why}`);
}

function refuseLarge(pool: AddressPool): void {
  if (poolSize(pool) <= largest[pool.family]) return;
  throw new ConfigurationError('large-pool', `--address-pool: ${pool.text} is too large`);
}

function isWithin(ranges: readonly Range[], pool: Range): boolean {
  return ranges.some((range) => isOverlap(range, pool));
}

function isOverlap(one: Range, other: Range): boolean {
  return one.family === other.family && one.first <= other.last && other.first <= one.last;
}

function isInside(outer: Range, inner: Range): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

function rangeOf(cidr: string): Range {
  const range = parseIpRange(cidr);
  if (!range) throw new Error(`${cidr} is no CIDR`);
  const { family, value: first, size } = range;
  return { family, first, last: first + size - 1n };
}
