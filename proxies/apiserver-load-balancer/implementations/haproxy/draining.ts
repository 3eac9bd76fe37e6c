/** Who drains, told to the worker that carries the connections: they live on, to the limit. */
import type { WantedBackend } from '../../backend.ts';
import { backendWord } from '../words.ts';
import type { Workers } from './workers.ts';

export class Draining implements Disposable {
  readonly #workers: Workers;
  readonly #pools: readonly string[];
  readonly #timeoutMs: number;
  /** By the server's name: the end of its connections; null where there is no limit. */
  readonly #draining = new Map<string, NodeJS.Timeout | null>();

  constructor(options: {
    readonly workers: Workers;
    /** HAProxy's backends, each of which has all servers. */
    readonly pools: readonly string[];
    /** 0: connections live until they end. */
    readonly timeoutMs: number;
  }) {
    this.#workers = options.workers;
    this.#pools = options.pools;
    this.#timeoutMs = options.timeoutMs;
  }

  /** The same backends, of which others drain. */
  async follow(backends: readonly WantedBackend[]): Promise<void> {
    for (const backend of backends) {
      const server = backendWord(backend);
      if (backend.isDraining === this.#draining.has(server)) continue;
      await this.#setState(server, backend.isDraining ? 'drain' : 'ready');
      if (backend.isDraining) this.#draining.set(server, this.#endLater(server));
      else this.#forget(server);
    }
  }

  /** A new worker, which read in its configuration who drains, and carries no connections of theirs. */
  startAnew(backends: readonly WantedBackend[]): void {
    this[Symbol.dispose]();
    for (const backend of backends) {
      if (backend.isDraining) this.#draining.set(backendWord(backend), null);
    }
  }

  [Symbol.dispose](): void {
    for (const server of [...this.#draining.keys()]) this.#forget(server);
  }

  async #setState(server: string, state: 'drain' | 'ready'): Promise<void> {
    for (const pool of this.#pools) {
      await this.#workers.order(`set server ${pool}/${server} state ${state}`);
    }
  }

  #endLater(server: string): NodeJS.Timeout | null {
    if (this.#timeoutMs === 0) return null;
    return setTimeout(() => {
      for (const pool of this.#pools) {
        // When the program has gone, so have its connections.
        this.#workers.order(`shutdown sessions server ${pool}/${server}`).catch(() => undefined);
      }
    }, this.#timeoutMs).unref();
  }

  #forget(server: string): void {
    clearTimeout(this.#draining.get(server) ?? undefined);
    this.#draining.delete(server);
  }
}
