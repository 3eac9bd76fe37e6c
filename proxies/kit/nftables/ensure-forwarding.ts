/** What the kernel must be set to, so that packets of others are sent on. */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import type { IpFamily } from '../ip.ts';

const switches = {
  IPv4: { path: '/proc/sys/net/ipv4/ip_forward', name: 'net.ipv4.ip_forward' },
  IPv6: { path: '/proc/sys/net/ipv6/conf/all/forwarding', name: 'net.ipv6.conf.all.forwarding' },
} as const satisfies Record<IpFamily, object>;

/**
 * Switches forwarding on for the families. It stays on.
 *
 * @param toWhom for the log: `the backends`
 * @throws Error with the command to run, where this process may not
 */
export async function ensureForwarding(
  families: Iterable<IpFamily>,
  toWhom: string,
  log: (line: string) => void,
): Promise<void> {
  for (const family of families) {
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
    log(`${name} was off: it is on now, so that the kernel forwards to ${toWhom}`);
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
