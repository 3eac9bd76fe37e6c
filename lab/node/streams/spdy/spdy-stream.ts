/** One stream of a SPDY connection: a duplex whose halves end by themselves. */
import { Duplex } from 'node:stream';
import type { SpdyHeaders } from './header-block.ts';

/** How a stream's bytes leave; each resolves its callback when they are on their way. */
export interface SpdySender {
  data(streamId: number, payload: Buffer, isLast: boolean, done: (error?: Error) => void): void;
  reset(streamId: number): void;
}

/** What may wait in one stream for its reader, before the whole connection waits for it. */
const patienceBytes = 256 * 1024;

export class SpdyStream extends Duplex {
  readonly id: number;
  readonly headers: SpdyHeaders;
  private readonly sender: SpdySender;
  private isRemoteDone = false;
  private isLocalDone = false;
  private whenRead: (() => void) | undefined;

  constructor(id: number, headers: SpdyHeaders, sender: SpdySender) {
    super({ allowHalfOpen: true });
    this.id = id;
    this.headers = headers;
    this.sender = sender;
    // Whoever uses the stream may also look away.
    this.on('error', () => undefined);
  }

  /** Bytes from the peer. Resolves when there is room for more. */
  async receive(payload: Buffer, isLast: boolean): Promise<void> {
    if (this.destroyed || this.isRemoteDone) return;
    const isRoomLeft = payload.length === 0 || this.push(payload);
    if (isLast) this.endRemote();
    if (isRoomLeft || this.readableLength < patienceBytes) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.whenRead = () => resolve(undefined);
    await promise;
  }

  endRemote(): void {
    if (this.isRemoteDone) return;
    this.isRemoteDone = true;
    this.push(null);
  }

  /** The peer has reset the stream, or the connection is gone. */
  abort(): void {
    this.isRemoteDone = true;
    this.isLocalDone = true;
    this.destroy();
  }

  override _read(): void {
    this.whenRead?.();
    this.whenRead = undefined;
  }

  override _write(chunk: Buffer, _: string, done: (error?: Error | null) => void): void {
    this.sender.data(this.id, chunk, false, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.isLocalDone = true;
    this.sender.data(this.id, Buffer.alloc(0), true, done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this._read();
    if (!this.isRemoteDone || !this.isLocalDone) this.sender.reset(this.id);
    this.isRemoteDone = true;
    this.isLocalDone = true;
    done(error);
  }
}
