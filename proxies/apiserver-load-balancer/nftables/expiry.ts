/** Ends connections on which nobody has said a word for too long, and those that are too old. */
import { readFile } from 'node:fs/promises';
import type { Clock } from '../../kit/clock.ts';
import type { ConntrackEntry } from '../../kit/netlink/conntrack-entry.ts';
import { isSpeaking } from './tracked-connections.ts';

export interface ExpiryOptions {
  /** 0: never. */
  readonly idleTimeoutMs: number;
  /** 0: never. */
  readonly maxConnectionAgeMs: number;
  readonly list: () => AsyncIterable<readonly ConntrackEntry[]>;
  readonly end: (entries: readonly ConntrackEntry[]) => Promise<void>;
  readonly clock: Pick<Clock, 'now' | 'after'>;
  readonly log: (line: string) => void;
}

const longestPauseMs = 10_000;
const shortestPauseMs = 100;

/** Looks at the connections again and again: a tenth of the limit apart. Costs nothing without limits. */
export function startExpiry(options: ExpiryOptions): Disposable {
  const { idleTimeoutMs, maxConnectionAgeMs, clock } = options;
  const limits = [idleTimeoutMs, maxConnectionAgeMs].filter((limit) => limit > 0);
  if (limits.length === 0) return { [Symbol.dispose]: () => undefined };
  const pauseMs = Math.max(
    shortestPauseMs,
    Math.min(longestPauseMs, ...limits.map((limit) => limit / 10)),
  );
  let firstSeen = new Map<string, number>();
  let waiting: Disposable | undefined;
  let isDisposed = false;

  const look = async () => {
    const timeouts = idleTimeoutMs > 0 ? await readTimeouts() : null;
    const seen = new Map<string, number>();
    const over: ConntrackEntry[] = [];
    for await (const entries of options.list()) {
      for (const entry of entries.filter(isSpeaking)) {
        const key = `${entry.family} ${entry.id}`;
        const since = firstSeen.get(key) ?? clock.now();
        seen.set(key, since);
        const isIdle = timeouts !== null && idleMs(entry, timeouts) >= idleTimeoutMs;
        if (isIdle || isOld(entry, clock.now() - since, maxConnectionAgeMs)) over.push(entry);
      }
    }
    firstSeen = seen;
    if (!isDisposed) await options.end(over);
  };
  const again = () => {
    if (isDisposed) return;
    waiting = clock.after(pauseMs, () => {
      look()
        .catch((error: unknown) => options.log(`connections cannot be looked at: ${String(error)}`))
        .finally(again);
    });
  };
  again();
  return {
    [Symbol.dispose]: () => {
      isDisposed = true;
      waiting?.[Symbol.dispose]();
    },
  };
}

interface Timeouts {
  readonly establishedS: number;
  readonly unacknowledgedS: number;
}

/** What the kernel waits for the next packet; less where data has had no answer. */
async function readTimeouts(): Promise<Timeouts> {
  const read = async (name: string) =>
    Number(await readFile(`/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_${name}`, 'utf8'));
  return {
    establishedS: await read('established'),
    unacknowledgedS: await read('unacknowledged'),
  };
}

/** Whatever is half-closed is forgotten by the kernel itself. */
function idleMs({ tcpState, expiresInS }: ConntrackEntry, timeouts: Timeouts): number {
  if (tcpState !== 'ESTABLISHED' || expiresInS === undefined) return 0;
  const { establishedS, unacknowledgedS } = timeouts;
  const waitsS = expiresInS > unacknowledgedS ? establishedS : unacknowledgedS;
  // Told in whole seconds: rather a second late than early.
  return (waitsS - expiresInS - 1) * 1000;
}

/** Not all that began together end together: each has a tenth of the age of its own. */
function isOld({ id }: ConntrackEntry, ageMs: number, maxConnectionAgeMs: number): boolean {
  return maxConnectionAgeMs > 0 && ageMs >= maxConnectionAgeMs * (0.9 + (id % 1000) / 10_000);
}
