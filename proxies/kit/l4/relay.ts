/** Joins two TCP connections: bytes both ways, each end and each reset passed on by itself. */
import type { Socket } from 'node:net';
import { NodeWire } from './node-wires.ts';
import type { Wire, WireEvents } from './wire.ts';

/** What went through, over all relays that share it. */
export interface Meter {
  /** From clients to their upstreams. */
  sentBytes: number;
  receivedBytes: number;
  /** Of a coarse clock: noted by each relay that carries a byte. */
  tick: number;
}

/** An end on one side is an end on the other, no more. Neither is read faster than the other takes it. */
export class Relay implements WireEvents {
  readonly client: Wire;
  readonly upstream: Wire;
  /** The tick of its last byte. */
  usedAtTick: number;
  private readonly meter: Meter;
  private readonly onOver: () => void;

  /** The upstream may still be connecting; both are read from now on. */
  constructor(client: Wire, upstream: Wire, meter: Meter, onOver: () => void) {
    this.client = client;
    this.upstream = upstream;
    this.meter = meter;
    this.onOver = onOver;
    this.usedAtTick = meter.tick;
    client.events = this;
    upstream.events = this;
    client.resume();
    upstream.resume();
  }

  onConnect(): void {
    this.usedAtTick = this.meter.tick;
  }

  onData(from: Wire, bytes: Uint8Array): void {
    this.usedAtTick = this.meter.tick;
    if (from === this.client) this.meter.sentBytes += bytes.length;
    else this.meter.receivedBytes += bytes.length;
    if (!this.otherOf(from).write(bytes)) from.pause();
  }

  onDrain(wire: Wire): void {
    this.usedAtTick = this.meter.tick;
    this.otherOf(wire).resume();
  }

  onEnd(from: Wire): void {
    this.otherOf(from).end();
  }

  onClose(from: Wire, error: Error | null): void {
    const other = this.otherOf(from);
    if (other.isClosed) this.onOver();
    else if (error) other.reset();
    // One that was ended sends its last bytes first, and then closes by itself.
    else if (!other.isEnded) other.destroy();
  }

  private otherOf(wire: Wire): Wire {
    return wire === this.client ? this.upstream : this.client;
  }
}

/** Of two sockets of Node's that allow half-open connections; the second may still be connecting. */
export function relay(client: Socket, upstream: Socket): void {
  const meter: Meter = { sentBytes: 0, receivedBytes: 0, tick: 0 };
  new Relay(new NodeWire(client), new NodeWire(upstream), meter, () => undefined);
}
