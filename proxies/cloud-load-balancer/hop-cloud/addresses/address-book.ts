/** Which address is whose: each is held by at most one load balancer, and given back by it. */
import { formatIp, parseIp, type Ip } from '../../../kit/ip.ts';
import type { ForwardedAddress } from '../../forwarding.ts';
import type { Family } from '../../service.ts';
import { poolSize, type AddressPool } from './pool.ts';

export interface AddressBookOptions {
  readonly pools: readonly AddressPool[];
  /** Addresses in the pools that are somebody else's: the machine's own, its gateway. */
  readonly reserved?: readonly string[];
}

export class AddressBook {
  private readonly pools: readonly AddressPool[];
  /** Addresses as they are written, and by whom each is held. */
  private readonly holders = new Map<string, string>();
  private readonly reserved: ReadonlySet<string>;
  /** Of each pool, a place below which nothing is free. */
  private readonly lowest = new Map<AddressPool, bigint>();

  constructor({ pools, reserved = [] }: AddressBookOptions) {
    this.pools = pools;
    this.reserved = new Set(reserved.map(canonical));
  }

  get heldCount(): number {
    return this.holders.size;
  }

  hasFamily(family: Family): boolean {
    return this.pools.some((pool) => pool.family === family);
  }

  holderOf(address: string): string | null {
    return this.holders.get(canonical(address)) ?? null;
  }

  /** The first that is free, of the first pool that has one; null: none has. */
  take(family: Family, holder: string): ForwardedAddress | null {
    for (const pool of this.pools) {
      if (pool.family !== family) continue;
      const address = this.firstFree(pool);
      if (address === null) continue;
      this.holders.set(address, holder);
      return { family, address };
    }
    return null;
  }

  /** This very address; null where no pool has it, or another holds it. */
  takeThis(text: string, holder: string): ForwardedAddress | null {
    const ip = parseIp(text);
    if (!ip || !this.pools.some((pool) => isIn(pool, ip))) return null;
    const address = formatIp(ip);
    if (this.reserved.has(address)) return null;
    const current = this.holders.get(address);
    if (current !== undefined && current !== holder) return null;
    this.holders.set(address, holder);
    return { family: ip.family, address };
  }

  contains(text: string): boolean {
    const ip = parseIp(text);
    return ip !== undefined && this.pools.some((pool) => isIn(pool, ip));
  }

  giveBack({ address }: ForwardedAddress): void {
    const ip = parseIp(address);
    if (!ip || !this.holders.delete(address)) return;
    for (const pool of this.pools) {
      if (isIn(pool, ip) && ip.value < this.lowestOf(pool)) this.lowest.set(pool, ip.value);
    }
  }

  /** @example '203.0.113.0/24 (254 of 254 in use)' */
  describe(family: Family): string {
    return this.describeThose((pool) => pool.family === family);
  }

  describeAll(): string {
    return this.describeThose(() => true);
  }

  private describeThose(isMeant: (pool: AddressPool) => boolean): string {
    const pools = this.pools.filter(isMeant);
    return pools
      .map((pool) => `${pool.text} (${this.countIn(pool)} of ${poolSize(pool)} in use)`)
      .join(', ');
  }

  private firstFree(pool: AddressPool): string | null {
    const { family, last } = pool;
    let value = this.lowestOf(pool);
    for (; value <= last; value++) {
      const address = formatIp({ family, value });
      if (this.holders.has(address) || this.reserved.has(address)) continue;
      this.lowest.set(pool, value);
      return address;
    }
    this.lowest.set(pool, value);
    return null;
  }

  private lowestOf(pool: AddressPool): bigint {
    return this.lowest.get(pool) ?? pool.first;
  }

  /** Those that are somebody else's count as in use. */
  private countIn(pool: AddressPool): number {
    const used = new Set([...this.holders.keys(), ...this.reserved]);
    return [...used].filter((address) => isIn(pool, parseIp(address))).length;
  }
}

function isIn({ family, first, last }: AddressPool, ip: Ip | undefined): boolean {
  return ip?.family === family && first <= ip.value && ip.value <= last;
}

function canonical(text: string): string {
  const ip = parseIp(text);
  return ip ? formatIp(ip) : text;
}
