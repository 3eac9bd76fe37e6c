/** One HTTP/1.1 connection to the upstream, read into memory of its own that is used again. */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { connectionText } from './endpoint-text.ts';
import type { ConnectOptions, Dialer } from '../upstream.ts';
import {
  headroomBytes,
  idleBytes,
  newReadMemory,
  readableWindow,
  readBytes,
  takeReadMemory,
} from './read-memory.ts';

/** Whoever uses a connection just now. */
export interface UpstreamReceiver {
  /** Bytes arrived in `memory[start, end)`. Call `lend` if they are still needed afterwards. */
  onUpstreamBytes(memory: Buffer, start: number, end: number): void;
  /** The upstream will send nothing more. */
  onUpstreamEnd(): void;
  /** The connection is gone; `error` is null where it was closed in order. */
  onUpstreamClose(error: Error | null): void;
  onUpstreamDrain(): void;
}

export class UpstreamConnection {
  receiver: UpstreamReceiver | null = null;
  /** How many requests it has carried. */
  uses = 0;
  idleSinceMs = 0;
  isEnded = false;
  readonly generation: number;
  /** `local->remote`, as Go's errors name a connection. */
  readonly label: string;
  readonly socket: Socket | TLSSocket;
  private readonly reading: Reading;

  static async open(
    upstream: Dialer,
    options: Omit<ConnectOptions, 'onread'>,
  ): Promise<UpstreamConnection> {
    const generation = upstream.generation;
    const reading = new Reading();
    const socket = await upstream.connect({
      ...options,
      onread: {
        buffer: () => reading.window(),
        callback: (length) => reading.arrived(length),
      },
    });
    return new UpstreamConnection(socket, reading, generation);
  }

  private constructor(socket: Socket | TLSSocket, reading: Reading, generation: number) {
    this.socket = socket;
    this.reading = reading;
    this.generation = generation;
    this.label = connectionText(socket);
    let error: Error | null = null;
    socket.allowHalfOpen = true;
    socket.setNoDelay(true);
    socket.on('error', (cause: Error) => {
      error = cause;
    });
    socket.on('drain', () => this.receiver?.onUpstreamDrain());
    socket.on('end', () => {
      this.isEnded = true;
      this.receiver?.onUpstreamEnd();
    });
    socket.on('close', () => {
      this.isEnded = true;
      this.receiver?.onUpstreamClose(error);
    });
    reading.connection = this;
    socket.resume();
  }

  /**
   * The bytes just handed out are still queued somewhere: read the next ones elsewhere. Whoever knows
   * when they are not any more may give the memory back.
   */
  lend(): void {
    this.reading.isLent = true;
  }

  /** It will mostly wait from now on, and not in memory that it does not need. */
  economize(): void {
    this.reading.isEconomical = true;
  }

  pause(): void {
    this.reading.isPaused = true;
    this.socket.pause();
  }

  resume(): void {
    if (!this.reading.isPaused) return;
    this.reading.isPaused = false;
    this.socket.resume();
  }

  destroy(): void {
    this.receiver = null;
    this.socket.destroy();
  }
}

class Reading {
  connection: UpstreamConnection | null = null;
  isLent = false;
  isPaused = false;
  /** As large as what comes. */
  isEconomical = false;
  private sizeBytes = readBytes;
  private memory = takeReadMemory();
  private view = readableWindow(this.memory);
  private lastBytes = 0;

  window(): Buffer {
    const sizeBytes = this.isEconomical ? this.fittingBytes() : this.sizeBytes;
    if (this.isLent || sizeBytes !== this.sizeBytes) {
      this.isLent = false;
      this.sizeBytes = sizeBytes;
      this.memory = sizeBytes === readBytes ? takeReadMemory() : newReadMemory(sizeBytes);
      this.view = readableWindow(this.memory);
    }
    return this.view;
  }

  /** Large once a read has filled its memory, small again after a small one. */
  private fittingBytes(): number {
    if (this.lastBytes === this.sizeBytes) return readBytes;
    return this.lastBytes <= idleBytes / 2 ? idleBytes : this.sizeBytes;
  }

  /** Returns whether reading goes on. */
  arrived(length: number): boolean {
    this.lastBytes = length;
    this.connection?.receiver?.onUpstreamBytes(this.memory, headroomBytes, headroomBytes + length);
    return !this.isPaused;
  }
}
