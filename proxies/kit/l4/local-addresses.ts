/**
 * Makes the addresses of Services the machine's own while they are needed, so that a proxy can listen
 * there and the kernel refuses their other ports. On loopback they are the machine's already.
 */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import { openIpBatch, type IpBatch } from '../ip-batch.ts';
import type { IpFamily } from '../ip.ts';
import { kernelFamilies } from '../kernel-families.ts';

export interface LocalAddressesOptions {
  readonly family: IpFamily;
  /** How the kernel's tables tell our routes from those of others: {@link routeProtocols}. */
  readonly routeProtocol: number;
  /** Where the machine itself sends from to these addresses, if it has it. */
  readonly source?: string | undefined;
}

/** Below 256, and not in `rt_protos`: programs of one machine do not take away each other's. */
export const routeProtocols = {
  kubeProxy: 150,
  cloudLoadBalancer: 151,
  /** Its dataplane `nftables`: rules, and routes to nodes and for what nobody has. */
  cloudLoadBalancerKernel: 203,
} as const;

export interface LocalAddresses extends AsyncDisposable {
  /** Counts these addresses, and adds those that the machine does not have. @throws Error in iproute2's words. */
  hold(addresses: readonly string[]): Promise<void>;
  /** Takes away those that nobody holds any more. @throws Error in iproute2's words. */
  release(addresses: readonly string[]): Promise<void>;
  /** Adds what somebody has taken away. @throws Error in iproute2's words. */
  repair(): Promise<void>;
}

export function openLocalAddresses(options: LocalAddressesOptions): LocalAddresses {
  const { family } = options;
  const commands = commandsFor(options);
  const holders = new Map<string, number>();
  const added = new Set<string>();
  let batch: IpBatch | null = null;
  let binding: Disposable | null = null;

  const run = async (lines: readonly string[]) => {
    if (lines.length === 0) return;
    if (batch === null) {
      batch = openIpBatch();
      // What an earlier run has left is nobody's now.
      await batch.run([commands.flush]);
      if (family === 'IPv6') binding = allowBinding();
    }
    await batch.run(lines);
  };

  return {
    hold: async (addresses) => {
      const fresh = addresses.filter((address) => {
        const count = holders.get(address) ?? 0;
        holders.set(address, count + 1);
        return count === 0;
      });
      const missing = fresh.length === 0 ? [] : withoutOwn(fresh);
      for (const address of missing) added.add(address);
      await run(missing.map(commands.add));
    },
    release: async (addresses) => {
      const unheld = addresses.filter((address) => {
        const count = (holders.get(address) ?? 0) - 1;
        if (count > 0) holders.set(address, count);
        else holders.delete(address);
        return count <= 0;
      });
      const ours = unheld.filter((address) => added.delete(address));
      await run(ours.map(commands.remove));
    },
    repair: () => run([...added].map(commands.add)),
    [Symbol.asyncDispose]: async () => {
      // Some may be gone already, with their device: the rest goes all the same.
      await run([...added].map(commands.remove)).catch(() => undefined);
      await batch?.end();
      binding?.[Symbol.dispose]();
    },
  };
}

/** Removes what a killed program has left. @returns how many addresses it were. @throws Error in iproute2's words */
export async function removeLocalAddresses(routeProtocol: number): Promise<number> {
  const counts = [];
  for (const family of kernelFamilies()) {
    const table = ['table', 'local', 'proto', String(routeProtocol)];
    const { stdout } = await ip(family, ['-o', 'route', 'show', ...table]);
    const count = stdout.split('\n').filter((line) => line !== '').length;
    // Everybody may look, and not everybody change something.
    if (count > 0) await ip(family, ['route', 'flush', ...table]);
    counts.push(count);
  }
  return counts.reduce((sum, count) => sum + count, 0);
}

async function ip(family: IpFamily, args: readonly string[]) {
  try {
    return await execute('ip', [family === 'IPv4' ? '-4' : '-6', ...args]);
  } catch (error) {
    // The border: a program that fails has said why.
    const { stderr = '' } = error as { readonly stderr?: string };
    throw new Error(stderr === '' ? String(error) : stderr.trim(), { cause: error });
  }
}

const execute = promisify(execFile);

interface Commands {
  readonly flush: string;
  readonly add: (address: string) => string;
  readonly remove: (address: string) => string;
}

/**
 * Routes, not addresses: others look for the node's own in the lists of those. And ten thousand addresses
 * of IPv6 take the kernel minutes to remove.
 */
function commandsFor({ family, routeProtocol, source }: LocalAddressesOptions): Commands {
  const [everything, length] = family === 'IPv4' ? ['0.0.0.0/0', 32] : ['::/0', 128];
  const isSource = source !== undefined && withoutOwn([source]).length === 0;
  const from = isSource && !source.startsWith('127.') ? ` src ${source}` : '';
  const route = (address: string) =>
    `local ${address}/${length} dev lo table local proto ${routeProtocol}`;
  return {
    // With one table named, `ip` would look at those of IPv4 alone.
    flush: `route flush root ${everything} table all type local proto ${routeProtocol}`,
    add: (address) => `route replace ${route(address)}${from}`,
    remove: (address) => `route del ${route(address)}`,
  };
}

const nonlocalBind = '/proc/sys/net/ipv6/ip_nonlocal_bind';

/** In IPv6, unlike in IPv4, a local route is not enough to listen. Undone at the end. */
function allowBinding(): Disposable | null {
  if (readFileSync(nonlocalBind, 'utf8').trim() !== '0') return null;
  writeFileSync(nonlocalBind, '1');
  return { [Symbol.dispose]: () => writeFileSync(nonlocalBind, '0') };
}

function withoutOwn(wanted: readonly string[]): readonly string[] {
  const others = wanted.filter((address) => !address.startsWith('127.'));
  if (others.length === 0) return others;
  const own = new Set(
    Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((one) => one.address)),
  );
  return others.filter((address) => !own.has(address));
}
