/** What the kernel must be set to, so that packets of others are sent on, and strays are known. */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import type { Backend, Family } from '../backend.ts';

const switches = {
  IPv4: { path: '/proc/sys/net/ipv4/ip_forward', name: 'net.ipv4.ip_forward' },
  IPv6: { path: '/proc/sys/net/ipv6/conf/all/forwarding', name: 'net.ipv6.conf.all.forwarding' },
} as const satisfies Record<Family, object>;

/**
 * Switches forwarding on for each family that has a backend elsewhere. It stays on.
 *
 * @throws Error with the command to run, where this process may not
 */
export async function ensureForwarding(
  backends: readonly Backend[],
  log: (line: string) => void,
): Promise<void> {
  const own = new Set(
    Object.values(networkInterfaces()).flatMap((addresses) =>
      (addresses ?? []).map(({ address }) => address),
    ),
  );
  const elsewhere = backends.filter(({ address }) => !own.has(address));
  for (const family of new Set(elsewhere.map((backend) => backend.family))) {
    const { path, name } = switches[family];
    const value = await readFile(path, 'utf8').catch(() => '');
    if (value.trim() === '1' || value.trim() === '2') continue;
    try {
      if (family === 'IPv6') await keepAdvertisedRoutes();
      await writeFile(path, '1');
    } catch (cause) {
      throw new Error(
        `nftables: ${name} is off, and may not be set here: run sysctl --write ${name}=1`,
        { cause },
      );
    }
    log(`${name} was off: it is on now, so that the kernel forwards to the backends`);
  }
}

const interfaces = '/proc/sys/net/ipv6/conf';

/** A machine that forwards no longer listens to routers, and would lose its routes, unless it is told to (2). */
async function keepAdvertisedRoutes(): Promise<void> {
  for (const name of await readdir(interfaces)) {
    const path = `${interfaces}/${name}/accept_ra`;
    const value = await readFile(path, 'utf8').catch(() => '');
    if (value.trim() === '1') await writeFile(path, '2');
  }
}

const looseSetting = '/proc/sys/net/netfilter/nf_conntrack_tcp_loose';

/**
 * A segment without a connection is then new to conntrack, and our rule resets it; where it is invalid, it is
 * dropped as those are that live connections have out of order.
 */
export async function ensureStraysAreSeen(log: (line: string) => void): Promise<void> {
  const value = await readFile(looseSetting, 'utf8').catch(() => '');
  if (value.trim() !== '0') return;
  try {
    await writeFile(looseSetting, '1');
    log('net.netfilter.nf_conntrack_tcp_loose was off: it is on now');
  } catch {
    log(
      'net.netfilter.nf_conntrack_tcp_loose is off, and may not be set here: clients of a dead backend are not reset',
    );
  }
}
