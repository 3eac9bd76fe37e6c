/**
 * Has the kernel answer for the addresses on a network (`--interface`): clients there find them by ARP and NDP.
 * They are answered for only where a route leads, which no packet takes, since our rules decide about each before it
 * is routed.
 */
import { readFile, writeFile } from 'node:fs/promises';
import type { Family } from '../service.ts';
import { addressRoute, neighbourAnswer, type RoutingItem } from './routing.ts';

export function announcement(
  family: Family,
  address: string,
  device: string,
): readonly RoutingItem[] {
  return [neighbourAnswer(family, address, device), addressRoute(family, address, device)];
}

/**
 * IPv6 is answered for where the interface is told to; those who ask the address itself, only where all are told to.
 *
 * @throws Error with the command to run
 */
export async function ensureNeighbourProxy(
  device: string,
  log: (line: string) => void,
): Promise<void> {
  for (const name of [device, 'all']) await switchOn(name, log);
}

async function switchOn(device: string, log: (line: string) => void): Promise<void> {
  const path = `/proc/sys/net/ipv6/conf/${device}/proxy_ndp`;
  const name = `net.ipv6.conf.${device}.proxy_ndp`;
  const value = await readFile(path, 'utf8').catch(() => '1');
  if (value.trim() === '1') return;
  try {
    await writeFile(path, '1');
  } catch (cause) {
    throw new Error(`nftables: ${name} is off: run sysctl --write ${name}=1`, { cause });
  }
  log(`${name} was off: it is on now, so that clients find the addresses`);
}
