/**
 * One client: its backends are dialled in turn until one of them has said a first byte, and from then on the
 * two are joined. What the client says before is kept while it is a ClientHello and no more.
 */
import { Relay } from '../../kit/l4/relay.ts';
import { ignored, type Wire, type WireEvents } from '../../kit/l4/wire.ts';
import type { Backend } from '../backend.ts';
import type { ForwardedConnection } from '../dataplane.ts';
import { judgeHello, type HelloVerdict } from './client-hello.ts';
import type { Desk } from './desk.ts';

export class Connection implements WireEvents {
  readonly client: Wire;
  backend: Backend | null = null;
  relay: Relay | null = null;
  /** When the backend is late; null: nothing is due. */
  deadlineMs: number | null = null;
  /** When it is old; null: never, or it is being ended. */
  oldAtMs: number | null = null;
  private readonly desk: Desk;
  private order: readonly Backend[];
  private tried: string[] = [];
  private upstream: Wire | null = null;
  private isConnected = false;
  private isClientAtEnd = false;
  /** What the client has said. */
  private said: Buffer | null = null;
  private verdict: HelloVerdict = 'incomplete';
  private isOver = false;
  /** It has been told to end: nobody else is tried any more. */
  private isEnding = false;
  private usedAtTick: number;

  constructor(client: Wire, desk: Desk) {
    this.usedAtTick = desk.meter.tick;
    this.client = client;
    this.desk = desk;
    this.order = desk.order();
    client.events = this;
  }

  /** The tick of its last byte. */
  get lastUseTick(): number {
    return this.relay?.usedAtTick ?? this.usedAtTick;
  }

  start(): void {
    this.client.resume();
    this.next();
  }

  /** Null while there is no backend that has taken it. */
  describe(): ForwardedConnection | null {
    if (this.upstream === null || this.backend === null || !this.isConnected) return null;
    return {
      source: this.client.remote,
      destination: this.client.local,
      backend: this.backend.name,
      seenAs: this.upstream.local,
    };
  }

  onConnect(): void {
    const { upstream } = this;
    if (upstream === null) return;
    this.isConnected = true;
    if (!this.isEnding) this.deadlineMs = null;
    const header = this.desk.header(this.client);
    if (header) upstream.write(header);
    if (this.said) this.tell(upstream, this.said);
    if (this.isClientAtEnd) upstream.end();
    if (this.verdict === 'other') this.join();
    else upstream.resume();
    if (this.verdict === 'complete') this.awaitAnswer();
  }

  onData(from: Wire, bytes: Uint8Array): void {
    if (from !== this.client) {
      this.join().onData(from, bytes);
      return;
    }
    this.usedAtTick = this.desk.meter.tick;
    this.said = this.said === null ? Buffer.from(bytes) : Buffer.concat([this.said, bytes]);
    this.verdict = judgeHello(this.said);
    if (!this.isConnected || this.upstream === null) {
      // Nobody has been sent anything of it yet: it waits for whoever takes it.
      if (this.verdict === 'other') this.client.pause();
    } else if (this.verdict === 'other') {
      this.join().onData(from, bytes);
    } else {
      this.tell(this.upstream, bytes);
      if (this.verdict === 'complete') this.awaitAnswer();
    }
  }

  onEnd(wire: Wire): void {
    if (wire === this.client) {
      this.isClientAtEnd = true;
      if (this.isConnected) this.upstream?.end();
    } else if (!this.moveOn('ended the connection before its first byte')) {
      this.join().onEnd(wire);
    }
  }

  onDrain(): void {
    // What is written before the two are joined is short, and waits for nothing.
  }

  onClose(wire: Wire, error: Error | null): void {
    if (wire === this.client) {
      this.leave();
      this.finish();
    } else if (this.backend && !this.isConnected) {
      this.failed(this.backend, error ?? new Error('closed'));
    } else if (this.isEnding) {
      this.reset();
    } else if (!this.moveOn(error?.message ?? 'closed the connection before its first byte')) {
      this.refuse();
    }
  }

  /** The deadline has passed: the dial, the first answer or the end is late. */
  late(): void {
    const { backend } = this;
    const { dialTimeoutMs } = this.desk;
    this.deadlineMs = null;
    if (this.relay || this.isEnding) {
      this.reset();
    } else if (backend === null) {
      return;
    } else if (!this.isConnected) {
      this.failed(backend, new Error(`connect ETIMEDOUT ${backend.name}`));
    } else {
      this.desk.noAnswer(backend, `no answer to a ClientHello within ${dialTimeoutMs} ms`);
      this.tryAnother();
    }
  }

  /** The plan has changed. */
  planChanged(): void {
    if (this.relay || this.isEnding) return;
    if (this.backend === null || this.desk.isEligible(this.backend)) return;
    // Those who failed once may have come back since.
    this.tried = [this.backend.name];
    this.order = this.desk.order();
    this.tryAnother();
  }

  /** Ends it on both sides, with a reset. */
  reset(): void {
    for (const wire of [this.client, this.upstream]) {
      if (wire === null) continue;
      wire.events = ignored;
      wire.reset();
    }
    this.finish();
  }

  /** Ends it on both sides after what is on its way; what comes later is lost. */
  end(withinMs: number): void {
    this.isEnding = true;
    this.client.end();
    this.upstream?.end();
    this.expectWithin(withinMs);
  }

  private next(): void {
    const backend = this.candidate();
    if (backend === undefined) {
      this.refuse();
      return;
    }
    this.tried.push(backend.name);
    this.backend = backend;
    this.desk.count(backend, 1);
    this.isConnected = false;
    this.upstream = this.desk.dial(backend, this);
    this.expectWithin(this.desk.dialTimeoutMs);
  }

  private candidate(): Backend | undefined {
    return this.order.find((each) => !this.tried.includes(each.name) && this.desk.isEligible(each));
  }

  private failed(backend: Backend, error: Error): void {
    if (this.isEnding) {
      this.reset();
      return;
    }
    this.desk.dialFailed(backend, error);
    if (!this.tryAnother()) this.refuse();
  }

  /** It has gone without a word. False: it is not known whether that is safe to repeat, or nobody else is there. */
  private moveOn(reason: string): boolean {
    if (this.isEnding) return false;
    if (this.backend && this.verdict === 'complete') this.desk.noAnswer(this.backend, reason);
    return this.tryAnother();
  }

  private tryAnother(): boolean {
    if (this.candidate() === undefined) return false;
    this.desk.retried();
    this.leave();
    this.next();
    return true;
  }

  private leave(): void {
    const { backend, upstream } = this;
    this.deadlineMs = null;
    if (upstream === null || backend === null) return;
    this.desk.count(backend, -1);
    this.upstream = null;
    this.isConnected = false;
    this.backend = null;
    upstream.events = ignored;
    upstream.reset();
  }

  private refuse(): void {
    this.leave();
    this.desk.refused();
    this.client.reset();
  }

  private tell(upstream: Wire, bytes: Uint8Array): void {
    this.desk.meter.sentBytes += bytes.length;
    upstream.write(bytes);
  }

  private awaitAnswer(): void {
    this.expectWithin(this.desk.dialTimeoutMs);
  }

  private expectWithin(timeoutMs: number): void {
    this.deadlineMs = this.desk.now() + timeoutMs;
    this.desk.expect(this);
  }

  /** From here on nothing can be taken back. */
  private join(): Relay {
    const { upstream, desk } = this;
    if (upstream === null) throw new Error('a connection without a backend was joined');
    if (!this.isEnding) this.deadlineMs = null;
    this.said = null;
    this.order = [];
    this.tried = [];
    this.relay = new Relay(this.client, upstream, desk.meter, () => this.finish());
    desk.joined(this);
    return this.relay;
  }

  private finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.deadlineMs = null;
    if (this.backend) this.desk.count(this.backend, -1);
    this.desk.over(this);
  }
}
