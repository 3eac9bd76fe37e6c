/** Reads a stream of bytes piece by piece; the bytes are text with one character each (latin-1). */
import type { Socket } from 'node:net';

/** The peer closed, or was closed, before the bytes that were asked for had come. */
export class ConnectionGone extends Error {}

export class WireReader {
  /** What has come and was not taken yet. */
  buffered = '';
  readonly #socket: Socket;
  #isEnded = false;
  #wake: (() => void) | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    const end = () => {
      this.#isEnded = true;
      this.#wake?.();
    };
    socket.on('data', (chunk: Buffer) => {
      this.buffered += chunk.toString('latin1');
      this.#wake?.();
    });
    socket.on('end', end).on('close', end).on('error', end);
  }

  /** @throws ConnectionGone */
  async takeUntil(mark: string): Promise<string> {
    for (;;) {
      const index = this.buffered.indexOf(mark);
      if (index !== -1) return this.#take(index + mark.length);
      await this.#more();
    }
  }

  /** @throws ConnectionGone */
  async takeBytes(count: number): Promise<string> {
    while (this.buffered.length < count) await this.#more();
    return this.#take(count);
  }

  /** Whatever has come, at least one byte. @throws ConnectionGone */
  async takeSome(): Promise<string> {
    while (this.buffered === '') await this.#more();
    return this.#take(this.buffered.length);
  }

  /** Waits that long, or until the peer closes. @returns whether it did. */
  async isGoneWithin(ms: number): Promise<boolean> {
    const deadline = Date.now() + ms;
    while (!this.#isEnded && Date.now() < deadline) await this.#wait(deadline - Date.now());
    return this.#isEnded;
  }

  async #more(): Promise<void> {
    if (this.#isEnded) throw new ConnectionGone();
    await this.#wait(null);
  }

  async #wait(ms: number | null): Promise<void> {
    const timer = ms === null ? null : setTimeout(() => this.#wake?.(), ms);
    await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#wake = null;
    if (timer) clearTimeout(timer);
    if (this.#socket.destroyed) this.#isEnded = true;
  }

  #take(count: number): string {
    const taken = this.buffered.slice(0, count);
    this.buffered = this.buffered.slice(count);
    return taken;
  }
}
