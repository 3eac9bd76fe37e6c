/** Remembers which backend a client was sent to, until it has not come for the timeout. */
import type { Backend } from '../service-port.ts';

interface Remembered {
  readonly backend: Backend;
  readonly usedAtMs: number;
}

export class Affinity {
  timeoutMs: number;
  private readonly now: () => number;
  /** In order of last use: the timeout is the same for all. */
  private readonly clients = new Map<string, Remembered>();

  /** @param now milliseconds of a clock that only goes forward */
  constructor(timeoutMs: number, now: () => number) {
    this.timeoutMs = timeoutMs;
    this.now = now;
  }

  get size(): number {
    return this.clients.size;
  }

  /** The backend of this client, if it still is among these. */
  recall(client: string, among: readonly Backend[]): Backend | null {
    const remembered = this.clients.get(client);
    if (remembered === undefined || this.isOver(remembered)) return null;
    const { address, port } = remembered.backend;
    return among.find((one) => one.address === address && one.port === port) ?? null;
  }

  /** A connection to this backend begins: the time starts anew. */
  remember(client: string, backend: Backend): void {
    this.clients.delete(client);
    this.clients.set(client, { backend, usedAtMs: this.now() });
    for (const [oldest, remembered] of this.clients) {
      if (!this.isOver(remembered)) break;
      this.clients.delete(oldest);
    }
  }

  forget(client: string): void {
    this.clients.delete(client);
  }

  /** Forgets who was sent to a backend that is not among these any more. */
  keep(isThere: (backend: Backend) => boolean): void {
    for (const [client, { backend }] of this.clients) {
      if (!isThere(backend)) this.clients.delete(client);
    }
  }

  private isOver({ usedAtMs }: Remembered): boolean {
    return this.now() - usedAtMs >= this.timeoutMs;
  }
}
