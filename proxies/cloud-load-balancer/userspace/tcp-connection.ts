/** One client of a door: nodes are dialled in turn until one of them answers, and then the two are joined. */
import { dialTimeoutsMs } from '../../kit/l4/dial-ladder.ts';
import { Relay, type Meter } from '../../kit/l4/relay.ts';
import { ignored, type Wire, type WireEvents } from '../../kit/l4/wire.ts';
import type { NodePort } from './door.ts';

/** What a connection asks of the forwarder that it belongs to. */
export interface ConnectionDesk {
  readonly meter: Meter;
  now(): number;
  dial(target: NodePort, events: WireEvents): Wire;
  /** Looks at its deadline again and again from now on. */
  expect(connection: TcpConnection): void;
  joined(connection: TcpConnection): void;
  over(connection: TcpConnection): void;
}

export class TcpConnection implements WireEvents {
  readonly client: Wire;
  /** When the dial is late; null: none is under way. */
  deadlineMs: number | null = null;
  target: NodePort | null = null;
  upstream: Wire | null = null;
  private readonly desk: ConnectionDesk;
  private readonly order: readonly NodePort[];
  private attempts = 0;
  private isOver = false;

  /** @param order whom to dial, the first first */
  constructor(client: Wire, order: readonly NodePort[], desk: ConnectionDesk) {
    this.client = client;
    this.order = order;
    this.desk = desk;
    client.events = this;
  }

  /** The client is not read until a node has answered: nothing is lost when it is another's turn. */
  start(): void {
    this.next();
  }

  /** The dial is late. */
  late(): void {
    this.leave();
    this.next();
  }

  /** Ends it on both sides. */
  reset(): void {
    for (const wire of [this.client, this.upstream]) {
      if (wire === null) continue;
      wire.events = ignored;
      wire.reset();
    }
    this.finish();
  }

  onConnect(): void {
    const { upstream, desk, client } = this;
    if (upstream === null) return;
    this.deadlineMs = null;
    desk.joined(this);
    new Relay(client, upstream, desk.meter, () => this.finish());
  }

  onClose(wire: Wire): void {
    if (wire === this.client) {
      this.leave();
      this.finish();
    } else {
      this.upstream = null;
      this.next();
    }
  }

  onData(): void {
    // Neither side is read before the two are joined.
  }

  onEnd(): void {
    // As above.
  }

  onDrain(): void {
    // As above.
  }

  private next(): void {
    const timeoutMs = dialTimeoutsMs[this.attempts];
    const target = this.order[this.attempts % this.order.length];
    // A lone node is asked again: it may have been too busy to answer at once.
    if (timeoutMs === undefined || target === undefined || this.client.isClosed) {
      this.reset();
      return;
    }
    this.attempts += 1;
    this.target = target;
    this.upstream = this.desk.dial(target, this);
    this.deadlineMs = this.desk.now() + timeoutMs;
    this.desk.expect(this);
  }

  private leave(): void {
    const { upstream } = this;
    this.deadlineMs = null;
    this.upstream = null;
    if (upstream === null) return;
    upstream.events = ignored;
    upstream.reset();
  }

  private finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.deadlineMs = null;
    this.desk.over(this);
  }
}
