/** Addresses in the pools that this machine needs for itself: its own, and that of its gateway. */
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import type { AddressPool } from '../hop-cloud/addresses/pool.ts';

/**
 * Of networks alone: a range says each address that it means. An address that is a network of its own (`/32`) was put
 * there to be given out, by somebody or by us.
 */
export async function reservedAddresses(pools: readonly AddressPool[]): Promise<readonly string[]> {
  if (!pools.some(({ text }) => text.includes('/'))) return [];
  const own = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ cidr }) => cidr !== null && !/\/(?:32|128)$/.test(cidr))
    .map(({ address }) => address);
  return [...own, ...(await gateways())];
}

/** Of IPv4: `Iface Destination Gateway …`, in hexadecimal, the last byte first. */
async function gateways(): Promise<readonly string[]> {
  const routes = await readFile('/proc/net/route', 'utf8').catch(() => '');
  return [...routes.matchAll(/^\S+\t00000000\t([0-9A-F]{8})\t/gm)].map(([, hex = '']) =>
    Buffer.from(hex, 'hex').reverse().join('.'),
  );
}
