/**
 * Ends connections with a reset on both sides. Once conntrack has forgotten a connection, any of its segments is
 * answered with a reset: the client's by our rule, the backend's by the kernel. Whoever is silent is woken: a SYN
 * in the other's name makes it answer with an ACK, and the reset to that has just the right number.
 */
import type { Clock } from '../../kit/clock.ts';
import { openRawSender, type RawSender } from '../../kit/libc/raw-sender.ts';
import type { ConntrackEntry, ConntrackTuple } from '../../kit/netlink/conntrack-entry.ts';
import { deleteConntrack, findConntrack } from '../../kit/netlink/conntrack.ts';
import type { Family } from '../backend.ts';
import { untrackedMark } from './rules.ts';
import { synPacket } from './syn-packet.ts';
import { isSpeaking } from './tracked-connections.ts';

/** At once; between two of these others get their turn. */
const batchSize = 64;
/** Kernels before 6.6 answer to so many such SYNs a second and no more, and packets are lost. */
const againAfterMs = [1100, 3300] as const;

export class ConnectionEnder implements Disposable {
  readonly #clock: Pick<Clock, 'after'>;
  readonly #log: (line: string) => void;
  readonly #senders = new Map<Family, Promise<RawSender | null>>();
  readonly #waiting = new Set<Disposable>();
  #isDisposed = false;
  #ended = 0;

  constructor(options: { clock: Pick<Clock, 'after'>; log: (line: string) => void }) {
    this.#clock = options.clock;
    this.#log = options.log;
  }

  /** Connections that were ended, since the start. */
  get ended(): number {
    return this.#ended;
  }

  /** Resolves when both sides of each have been told once. */
  async end(entries: readonly ConntrackEntry[]): Promise<void> {
    for (let at = 0; at < entries.length; at += batchSize) {
      const batch = entries.slice(at, at + batchSize);
      await deleteConntrack(batch);
      const told = batch.filter(isSpeaking);
      this.#ended += told.length;
      await this.#wake(told);
      await new Promise(setImmediate);
    }
    const silent = entries.filter(isSpeaking);
    if (silent.length > 0) for (const delayMs of againAfterMs) this.#wakeAgain(silent, delayMs);
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    for (const waiting of this.#waiting) waiting[Symbol.dispose]();
    for (const opened of this.#senders.values()) {
      void opened.then((sender) => sender?.[Symbol.dispose]());
    }
    this.#senders.clear();
  }

  #wakeAgain(entries: readonly ConntrackEntry[], delayMs: number): void {
    if (this.#isDisposed) return;
    const waiting = this.#clock.after(delayMs, () => {
      this.#waiting.delete(waiting);
      this.#wakeThoseLeft(entries).catch((error: unknown) => this.#log(String(error)));
    });
    this.#waiting.add(waiting);
  }

  /** But not those whose client has begun another connection from the same port. */
  async #wakeThoseLeft(entries: readonly ConntrackEntry[]): Promise<void> {
    for (let at = 0; at < entries.length && !this.#isDisposed; at += batchSize) {
      const batch = entries.slice(at, at + batchSize);
      const begun = new Set(await findConntrack(batch));
      await this.#wake(batch.filter((entry) => !begun.has(entry)));
      await new Promise(setImmediate);
    }
  }

  async #wake(entries: readonly ConntrackEntry[]): Promise<void> {
    for (const { family, original, reply } of entries) {
      const sender = await this.#senderOf(family);
      for (const way of [turned(original), turned(reply)]) {
        sender?.send(synPacket(way, Math.random() * 0x1_0000_0000), way.destination);
      }
    }
  }

  #senderOf(family: Family): Promise<RawSender | null> {
    const known = this.#senders.get(family);
    if (known !== undefined || this.#isDisposed) return known ?? Promise.resolve(null);
    const opened = openRawSender(family, untrackedMark).catch((error: unknown) => {
      this.#log(`silent clients of dead backends are not told: ${String(error)}`);
      return null;
    });
    this.#senders.set(family, opened);
    return opened;
  }
}

/** From where it goes to. */
function turned(way: ConntrackTuple): ConntrackTuple {
  return {
    source: way.destination,
    sourcePort: way.destinationPort,
    destination: way.source,
    destinationPort: way.sourcePort,
  };
}
