/** What the kernel must be set to, so that packets of others are sent on, and strays are known. */
import { readFile, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { ensureForwarding as ensureForwardingOf } from '../../kit/nftables/ensure-forwarding.ts';
import type { Backend } from '../backend.ts';

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
  const families = new Set(elsewhere.map(({ family }) => family));
  await ensureForwardingOf(families, 'the backends', log);
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
