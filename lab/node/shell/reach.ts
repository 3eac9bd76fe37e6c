/** From what a user types to an address that a container may connect to. */
import { isIP } from 'node:net';
import { isLabAddress } from './lab-address.ts';
import type { World } from './world.ts';

export interface Reachable {
  readonly host: string;
  /** The pod's own address of the same family. */
  readonly localAddress: string;
}

/** Why not: the name is not known, or the address is none of the lab's. */
export interface Unreachable {
  readonly problem: 'unknown' | 'foreign' | 'no-family';
}

const loopback = /^(?:localhost|127\.0\.0\.1|::1|0\.0\.0\.0)$/;

/** Where a name or an address leads. What loops back leads to the pod itself. */
export async function reach(name: string, world: World): Promise<Reachable | Unreachable> {
  const [own = ''] = world.addresses;
  if (loopback.test(name)) return { host: own, localAddress: own };
  const plain = name.replace(/^\[(.*)\]$/, '$1');
  const found = isIP(plain) === 0 ? await world.resolve(plain) : [plain];
  if (!found || found.length === 0) return { problem: 'unknown' };
  const allowed = found.filter((address) => isLabAddress(address, own));
  if (allowed.length === 0) return { problem: 'foreign' };
  for (const host of allowed) {
    const localAddress = world.addresses.find((address) => isIP(address) === isIP(host));
    if (localAddress !== undefined) return { host, localAddress };
  }
  return { problem: 'no-family' };
}
