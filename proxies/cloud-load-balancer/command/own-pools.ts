/** Addresses are given out by one process of a machine: two would give one address to two Services. */
import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import { beTheOnlyOne } from '../../kit/only-one.ts';
import { isLoopbackPool } from '../config/address-pools.ts';
import type { AddressPool } from '../hop-cloud/addresses/pool.ts';

type Range = Pick<AddressPool, 'family' | 'first' | 'last'>;

/** Held by the one process that gives out addresses that are not on loopback. */
export const routesLock = 'hop-cloud-lb/routes';

/** @throws ConfigurationError `another` where somebody on this machine gives out some of them */
export async function ownPools(pools: readonly AddressPool[]): Promise<Disposable> {
  using owned = new DisposableStack();
  const outside = pools.find((pool) => !isLoopbackPool(pool));
  if (outside) {
    // Routes of the machine: who begins removes what another has left.
    owned.use(
      await beTheOnlyOne(routesLock).catch(() => {
        throw another(outside, 'has addresses that are not on loopback');
      }),
    );
  }
  for (const pool of pools) {
    const before = (await rangesOnThisMachine()).find((range) => isOverlap(range, pool));
    if (before) throw another(pool, 'gives out some of these');
    owned.use(
      await beTheOnlyOne(nameOf(pool)).catch(() => {
        throw another(pool, 'gives out some of these');
      }),
    );
  }
  return owned.move();
}

function another({ text }: AddressPool, what: string): ConfigurationError {
  const why = `--address-pool ${text}: another hop cloud-lb on this machine ${what}`;
  return new ConfigurationError('another', why);
}

/** Its name says which addresses they are, so that others see whether theirs are among them. */
function nameOf({ family, first, last }: Range): string {
  return `hop-cloud-lb/${family}/${first.toString(16)}-${last.toString(16)}`;
}

const named = /@hop-cloud-lb\/(IPv[46])\/([0-9a-f]+)-([0-9a-f]+)@*$/gm;

async function rangesOnThisMachine(): Promise<readonly Range[]> {
  const names = await readFile('/proc/net/unix', 'utf8').catch(() => '');
  return [...names.matchAll(named)].map(([, family, first = '', last = '']) => ({
    family: family === 'IPv6' ? 'IPv6' : 'IPv4',
    first: BigInt(`0x${first}`),
    last: BigInt(`0x${last}`),
  }));
}

function isOverlap(one: Range, other: Range): boolean {
  return one.family === other.family && one.first <= other.last && other.first <= one.last;
}
