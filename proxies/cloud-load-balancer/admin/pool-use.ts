/** How much of each pool load balancers have. */
import { parseIp } from '../../kit/ip.ts';
import { poolSize, type AddressPool } from '../hop-cloud/addresses/pool.ts';
import type { LoadBalancerView } from '../hop-cloud/options.ts';

export interface PoolUse {
  /** As the flag says it. */
  readonly pool: string;
  readonly size: number;
  readonly inUse: number;
}

export function poolUse(
  pools: readonly AddressPool[],
  loadBalancers: readonly Pick<LoadBalancerView, 'addresses'>[],
): readonly PoolUse[] {
  const used = new Map<AddressPool, number>(pools.map((pool) => [pool, 0]));
  for (const address of loadBalancers.flatMap(({ addresses }) => addresses)) {
    const ip = parseIp(address);
    const pool = pools.find(
      ({ family, first, last }) => ip?.family === family && first <= ip.value && ip.value <= last,
    );
    if (pool) used.set(pool, (used.get(pool) ?? 0) + 1);
  }
  return [...used].map(([pool, inUse]) => ({
    pool: pool.text,
    size: Number(poolSize(pool)),
    inUse,
  }));
}
