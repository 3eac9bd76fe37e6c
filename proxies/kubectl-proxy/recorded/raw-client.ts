/** The client of the recordings: writes bytes, performs steps, watches what comes back, and when. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedStep } from './recorded-case.ts';
import { parseResponses, type ParsedResponses } from './responses.ts';

const limitMs = 6000;

export class RawClient {
  /** All bytes so far, one character each. */
  received = '';
  /** The peer sent FIN or RST. */
  isClosed = false;
  isReset = false;
  /** [ms since the request was sent, bytes] per read. */
  readonly arrivals: [number, number][] = [];
  readonly #socket: Socket;
  readonly #methods: string[] = [];
  #sentAt = 0;
  #wake: (() => void) | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString('latin1');
      this.arrivals.push([Date.now() - this.#sentAt, chunk.length]);
      this.#wake?.();
    });
    socket.on('end', () => this.#close(false));
    socket.on('error', (error: NodeJS.ErrnoException) => this.#close(error.code === 'ECONNRESET'));
  }

  async send(bytes: string): Promise<void> {
    if (this.#sentAt === 0) this.#sentAt = Date.now();
    const requestLines = bytes.matchAll(/^([A-Z]+) \S+ HTTP\/\d\.\d\r?$/gm);
    for (const [, method = ''] of requestLines) this.#methods.push(method);
    if (!this.#socket.writable) return;
    if (!this.#socket.write(bytes, 'latin1'))
      await Promise.race([once(this.#socket, 'drain'), once(this.#socket, 'close')]).catch(
        () => undefined,
      );
  }

  async perform(step: Exclude<RecordedStep, { do: 'signal' }>): Promise<void> {
    switch (step.do) {
      case 'send':
        return this.send(step.data);
      case 'wait':
        await sleep(step.ms);
        return;
      case 'wait-response':
        await this.#until(() => this.parse().responses.filter(isWhole).length >= step.count);
        return;
      case 'wait-bytes':
        await this.#until(() => (this.parse().responses.at(-1)?.tunnel?.length ?? 0) >= step.count);
        return;
      case 'shutdown-write':
        this.#socket.end();
        return;
      case 'close':
        this.destroy();
    }
  }

  /** A signal must not come before the answer it is to interrupt. */
  async somethingReceived(): Promise<void> {
    await this.#until(() => this.received !== '');
  }

  /** Waits for so many whole responses, and then watches for a while whether the peer closes. */
  async observe(count: number, isCloseExpected: boolean, watchMs: number): Promise<void> {
    await this.#until(() => this.parse().responses.filter(isWhole).length >= count);
    if (isCloseExpected) await this.#until(() => false);
    else await this.#until(() => false, watchMs);
  }

  parse(): ParsedResponses {
    return parseResponses(this.received, this.#methods, this.isClosed);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #close(isReset: boolean): void {
    this.isClosed = true;
    this.isReset ||= isReset;
    this.#wake?.();
  }

  async #until(isDone: () => boolean, ms = limitMs): Promise<void> {
    const deadline = Date.now() + ms;
    while (!isDone() && !this.isClosed && Date.now() < deadline) {
      const timer = setTimeout(() => this.#wake?.(), deadline - Date.now());
      await new Promise<void>((resolve) => (this.#wake = resolve));
      clearTimeout(timer);
    }
  }
}

function isWhole({ complete }: { readonly complete: boolean }): boolean {
  return complete;
}
