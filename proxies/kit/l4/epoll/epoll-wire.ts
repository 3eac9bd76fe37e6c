/** One socket of the kernel's, read into a buffer that all of them share. */
import { endpointText } from '../../http/endpoint-text.ts';
import type { L4Backend } from '../backend.ts';
import { ignored, type Wire, type WireEvents } from '../wire.ts';
import { errno, event, sendFlags, shutWrite, socketOption, systemError } from './calls.ts';
import type { EpollLoop, Watched } from './epoll-loop.ts';
import { socketAddressBytes, socketAddressText } from './socket-address.ts';

/** Larger is no quicker, and waits longer for its turn. */
const shared = Buffer.allocUnsafeSlow(1 << 16);
const somethingToRead = event.in | event.error | event.hangUp;
const number = Buffer.alloc(4);
const numberLength = Buffer.from([4, 0, 0, 0]);
const lingerNot = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);

export class EpollWire implements Wire, Watched {
  events: WireEvents = ignored;
  readonly fd: number;
  turn = 0;
  isClosed = false;
  isEnded = false;
  private readonly loop: EpollLoop;
  private readonly dialled: L4Backend | null;
  private isConnecting: boolean;
  private isReading = false;
  private hasReadEnd = false;
  private hasSentEnd = false;
  /** What the kernel had no room for. */
  private waiting: Buffer | null = null;
  /** What it is watched for; null: not at all. */
  private interest: number | null = null;

  /**
   * @param dialled what it is being connected to; null when it was accepted
   * @param failure the number of the error, when it could not even be begun
   */
  constructor(loop: EpollLoop, fd: number, dialled: L4Backend | null = null, failure = 0) {
    this.loop = loop;
    this.fd = fd;
    this.dialled = dialled;
    this.isConnecting = dialled !== null;
    if (failure !== 0) loop.defer(() => this.fail(failure, 'connect'));
    else if (this.isConnecting) this.watch();
  }

  get local(): string {
    return this.nameBy('localName');
  }

  get remote(): string {
    return this.nameBy('remoteName');
  }

  write(bytes: Uint8Array): boolean {
    if (this.isClosed || this.isEnded || bytes.length === 0) return true;
    if (this.isConnecting || this.waiting !== null) return this.keep(bytes);
    const { calls } = this.loop;
    const sent = calls.send(this.fd, bytes, bytes.length, sendFlags);
    if (sent === bytes.length) return true;
    if (sent < 0 && !isForLater(calls.errno())) {
      this.fail(calls.errno(), 'write');
      return true;
    }
    return this.keep(bytes.subarray(Math.max(0, sent)));
  }

  end(): void {
    if (this.isEnded || this.isClosed) return;
    this.isEnded = true;
    if (this.waiting === null && !this.isConnecting) this.sendEnd();
  }

  pause(): void {
    // Mostly it is resumed before anything comes: the kernel is told when something does.
    this.isReading = false;
  }

  resume(): void {
    this.isReading = true;
    this.watch();
  }

  reset(): void {
    if (this.isClosed) return;
    const [level, name] = socketOption.linger;
    this.loop.calls.setOption(this.fd, level, name, lingerNot, lingerNot.length);
    this.close(null);
  }

  destroy(): void {
    if (!this.isClosed) this.close(null);
  }

  onEvents(events: number): void {
    if (this.isConnecting) {
      this.connected();
      return;
    }
    if (events & event.out) this.flush();
    if (this.isClosed || !(events & somethingToRead)) return;
    if (this.isReading && !this.hasReadEnd) this.read();
    else if (events & event.error) this.fail(this.pendingError() || errno.reset, 'read');
    else if (events & event.hangUp) this.unwatch();
    else this.watch();
  }

  private read(): void {
    const { calls } = this.loop;
    const size = calls.recv(this.fd, shared, shared.length, 0);
    if (size > 0) {
      this.events.onData(this, shared.subarray(0, size));
    } else if (size === 0) {
      this.hasReadEnd = true;
      this.events.onEnd(this);
      this.closeWhenDone();
      this.watch();
    } else if (!isForLater(calls.errno())) {
      this.fail(calls.errno(), 'read');
    }
  }

  private flush(): void {
    const { waiting } = this;
    if (waiting === null) return;
    const { calls } = this.loop;
    const sent = calls.send(this.fd, waiting, waiting.length, sendFlags);
    if (sent < 0) {
      if (!isForLater(calls.errno())) this.fail(calls.errno(), 'write');
      return;
    }
    this.waiting = sent < waiting.length ? waiting.subarray(sent) : null;
    if (this.waiting !== null) return;
    this.watch();
    if (this.isEnded) this.sendEnd();
    else this.events.onDrain(this);
  }

  private connected(): void {
    const error = this.pendingError();
    if (error !== 0) {
      this.fail(error, 'connect');
      return;
    }
    this.isConnecting = false;
    this.events.onConnect(this);
    if (this.isEnded && this.waiting === null) this.sendEnd();
    this.watch();
  }

  private keep(bytes: Uint8Array): boolean {
    this.waiting =
      this.waiting === null ? Buffer.from(bytes) : Buffer.concat([this.waiting, bytes]);
    this.watch();
    return false;
  }

  private sendEnd(): void {
    if (this.hasSentEnd || this.isClosed) return;
    this.hasSentEnd = true;
    this.loop.calls.shutdown(this.fd, shutWrite);
    this.closeWhenDone();
  }

  private closeWhenDone(): void {
    if (this.hasReadEnd && this.hasSentEnd && !this.isClosed) this.close(null);
  }

  private watch(): void {
    if (this.isClosed) return;
    const wantsRead = this.isReading && !this.hasReadEnd && !this.isConnecting;
    const wantsWrite = this.isConnecting || this.waiting !== null;
    const interest = (wantsRead ? event.in : 0) | (wantsWrite ? event.out : 0);
    if (interest === this.interest) return;
    if (this.interest === null) this.loop.watch(this, interest);
    else this.loop.modify(this, interest);
    this.interest = interest;
  }

  /** A connection that is over is told again and again, also to who wants to read it later. */
  private unwatch(): void {
    this.loop.unwatch(this);
    this.interest = null;
  }

  private fail(number: number, call: string): void {
    if (this.isClosed) return;
    const where = this.dialled ? endpointText(this.dialled.address, this.dialled.port) : undefined;
    this.close(systemError(number, call, where));
  }

  private close(error: Error | null): void {
    this.isClosed = true;
    this.waiting = null;
    this.loop.forget(this);
    if (this.fd >= 0) this.loop.calls.close(this.fd);
    this.events.onClose(this, error);
  }

  private pendingError(): number {
    const [level, name] = socketOption.error;
    this.loop.calls.getOption(this.fd, level, name, number, numberLength);
    return number.readInt32LE(0);
  }

  private nameBy(call: 'localName' | 'remoteName'): string {
    const bytes = Buffer.alloc(socketAddressBytes);
    const length = Buffer.from([socketAddressBytes, 0, 0, 0]);
    const isKnown = !this.isClosed && this.loop.calls[call](this.fd, bytes, length) === 0;
    return isKnown ? socketAddressText(bytes) : '@';
  }
}

function isForLater(number: number): boolean {
  return number === errno.again || number === errno.interrupted;
}
