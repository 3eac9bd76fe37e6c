/**
 * Tells the network of `--interface` which addresses are here now, and once more a second later: neighbours may
 * remember another machine, which had them before.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { networkInterfaces } from 'node:os';
import type { Clock } from '../../kit/clock.ts';
import { openEthernetLink } from '../../kit/libc/ethernet-link.ts';
import { unsolicited } from './unsolicited.ts';

export interface Herald extends Disposable {
  /** Tells those that were not among the last ones. @param addresses all that are here */
  tell(addresses: readonly string[]): void;
}

export interface HeraldOptions {
  /** Null: there is nobody to tell. */
  readonly device: string | null;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** @throws Error where it cannot be told */
  readonly send?: typeof sendUnsolicited;
}

const againMs = 1_000;

export function createHerald(options: HeraldOptions): Herald {
  const { device, clock, log, send = sendUnsolicited } = options;
  if (device === null) return { tell: () => undefined, [Symbol.dispose]: () => undefined };
  let known: ReadonlySet<string> = new Set();
  let hasFailed = false;
  const waiting = new Set<Disposable>();

  const sendAll = (addresses: readonly string[]) => {
    const here = addresses.filter((address) => known.has(address));
    if (here.length === 0) return;
    send(device, here).catch((error: unknown) => {
      if (hasFailed) return;
      hasFailed = true;
      log(`nftables: neighbours on ${device} are not told of addresses: ${String(error)}`);
    });
  };
  return {
    tell: (addresses) => {
      const fresh = addresses.filter((address) => !known.has(address));
      known = new Set(addresses);
      if (fresh.length === 0) return;
      sendAll(fresh);
      const again = clock.after(againMs, () => {
        waiting.delete(again);
        sendAll(fresh);
      });
      waiting.add(again);
    },
    [Symbol.dispose]: () => {
      known = new Set();
      for (const again of waiting) again[Symbol.dispose]();
      waiting.clear();
    },
  };
}

/** So many, and others have their turn. */
const perTurn = 256;

async function sendUnsolicited(device: string, addresses: readonly string[]): Promise<void> {
  using link = await openEthernetLink(device);
  if (link === null) return;
  const sender = { hardware: link.address, linkLocal: linkLocalOf(device) };
  for (const [index, address] of addresses.entries()) {
    for (const frame of unsolicited(address, sender)) link.send(frame);
    if (index % perTurn === perTurn - 1) await turn();
  }
}

function linkLocalOf(device: string): string | null {
  const own = networkInterfaces()[device] ?? [];
  return own.find(({ address }) => /^fe[89ab]/.test(address))?.address ?? null;
}
