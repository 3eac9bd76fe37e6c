/** Pools of addresses, `a-b` or CIDR, as the CIDRs that routes take. */
import { formatIp, parseIp, parseIpRange, type Ip } from '../../kit/ip.ts';
import type { Family } from '../service.ts';

export interface PoolNetwork {
  readonly family: Family;
  /** As iproute2 prints it: an address alone without its length. */
  readonly cidr: string;
}

/** @throws Error for what is neither */
export function poolNetworks(pools: readonly string[]): readonly PoolNetwork[] {
  return pools.flatMap((pool) => {
    const range = parseIpRange(pool);
    if (range) return networksFrom(range, range.value + range.size - 1n);
    const [first, last] = pool.split('-').map((text) => parseIp(text.trim()));
    if (!first) throw new Error(`nftables: ${pool} is no pool of addresses`);
    return networksFrom(first, (last ?? first).value);
  });
}

/** The fewest that are exactly the range. */
function networksFrom({ family, value }: Ip, last: bigint): readonly PoolNetwork[] {
  const bits = family === 'IPv4' ? 32 : 128;
  const networks: PoolNetwork[] = [];
  for (let at = value; at <= last;) {
    let length = bits;
    const sizeOf = (prefix: number) => 1n << BigInt(bits - prefix);
    while (length > 0 && at % sizeOf(length - 1) === 0n && at + sizeOf(length - 1) - 1n <= last) {
      length -= 1;
    }
    const address = formatIp({ family, value: at });
    networks.push({ family, cidr: length === bits ? address : `${address}/${length}` });
    at += sizeOf(length);
  }
  return networks;
}
