/** The TCP half of the data path, in whichever thread it runs: doors, and the connections behind them. */
import type { Meter } from '../../kit/l4/relay.ts';
import type { Wire, WireEngine, WireEvents, WireListener } from '../../kit/l4/wire.ts';
import { endpointText } from '../../kit/http/endpoint-text.ts';
import { Dealer } from './dealer.ts';
import { allowing } from './allowing.ts';
import { listenReason } from './listen-reason.ts';
import { TcpConnection, type ConnectionDesk } from './tcp-connection.ts';
import type { Door, NodePort, DoorFlow, DoorService } from './door.ts';

export interface TcpForwarderEvents {
  readonly log: (line: string) => void;
  /** Called only while {@link TcpForwarder.isWatched}. */
  readonly onFlow: (flow: DoorFlow) => void;
}

/** A door that is there. */
interface OpenDoor {
  readonly key: string;
  listener: WireListener | null;
  dealer: Dealer;
  isAllowed: (client: string) => boolean;
  readonly service: string;
  readonly connections: Set<TcpConnection>;
}

/** Between looks at dials, while there are any. */
const lookMs = 10;

export class TcpForwarder implements Disposable {
  isWatched = false;
  private readonly meter: Meter = { sentBytes: 0, receivedBytes: 0, tick: 0 };
  private readonly engine: WireEngine;
  private readonly events: TcpForwarderEvents;
  private readonly services = new Map<string, Map<string, OpenDoor>>();
  private readonly dialling = new Set<TcpConnection>();
  private looking: Disposable | null = null;

  constructor(engine: WireEngine, events: TcpForwarderEvents) {
    this.engine = engine;
    this.events = events;
  }

  /**
   * Doors with somebody behind them are open; the others are closed, so that the kernel refuses. What it returns is a
   * promise only where the engine's listening is one: a loop that blocks waits for nothing.
   *
   * @throws Error when one of them cannot be opened: then it is as before
   */
  ensure(service: DoorService): void | Promise<void> {
    const before = this.services.get(service.name) ?? new Map<string, OpenDoor>();
    const after = new Map<string, OpenDoor>();
    const opening: OpenDoor[] = [];
    const pending: Promise<void>[] = [];
    const undo = (error: unknown) => {
      for (const door of opening) close(door);
      return error;
    };
    const finish = () => {
      for (const door of service.doors) {
        const known = after.get(keyOf(door));
        if (known) change(known, door, service);
      }
      for (const [key, door] of before) if (!after.has(key)) end(door);
      this.services.set(service.name, after);
    };
    try {
      for (const door of service.doors) {
        const known = before.get(keyOf(door)) ?? newDoor(door, service);
        after.set(known.key, known);
        if (known.listener !== null || door.targets.length === 0) continue;
        opening.push(known);
        // From its first client on it must know where to.
        change(known, door, service);
        const listening = this.open(known, door);
        if (listening) pending.push(listening);
      }
    } catch (error) {
      throw undo(error);
    }
    if (pending.length === 0) {
      finish();
      return;
    }
    return Promise.allSettled(pending).then((results) => {
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) throw undo(failed.reason);
      finish();
    });
  }

  remove(name: string): void {
    for (const door of this.services.get(name)?.values() ?? []) end(door);
    this.services.delete(name);
  }

  [Symbol.dispose](): void {
    for (const name of [...this.services.keys()]) this.remove(name);
    this.looking?.[Symbol.dispose]();
    this.engine[Symbol.dispose]();
  }

  private open(door: OpenDoor, { address, port }: Door): void | Promise<void> {
    const reason = (cause: unknown) => new Error(listenReason('TCP', door.key, cause), { cause });
    const opened = (listener: WireListener) => {
      door.listener = listener;
    };
    try {
      const listening = this.engine.listen({
        host: address,
        port,
        onWire: (client) => this.accept(door, client),
        onError: (error) => this.events.log(`${door.service}: ${door.key}: ${error.message}`),
      });
      if (listening instanceof Promise) {
        return listening.then(opened, (cause: unknown) => {
          throw reason(cause);
        });
      }
      opened(listening);
    } catch (cause) {
      throw reason(cause);
    }
  }

  private accept(door: OpenDoor, client: Wire): void {
    const from = hostOf(client.remote);
    const order = door.isAllowed(from) ? door.dealer.order(from) : [];
    if (order.length === 0) {
      client.reset();
      return;
    }
    const connection = new TcpConnection(client, order, this.deskOf(door));
    door.connections.add(connection);
    connection.start();
  }

  private deskOf(door: OpenDoor): ConnectionDesk {
    return {
      meter: this.meter,
      now: () => this.engine.now(),
      dial: (target: NodePort, events: WireEvents) => this.engine.dial(target, events),
      expect: (connection) => this.expect(connection),
      joined: (connection) => {
        this.dialling.delete(connection);
        if (this.isWatched) this.tell(door, connection);
      },
      over: (connection) => {
        this.dialling.delete(connection);
        door.connections.delete(connection);
      },
    };
  }

  private expect(connection: TcpConnection): void {
    this.dialling.add(connection);
    this.looking ??= this.engine.every(lookMs, () => this.look());
  }

  private look(): void {
    const nowMs = this.engine.now();
    for (const connection of this.dialling) {
      if (connection.deadlineMs !== null && connection.deadlineMs <= nowMs) connection.late();
    }
    if (this.dialling.size > 0) return;
    this.looking?.[Symbol.dispose]();
    this.looking = null;
  }

  private tell({ service }: OpenDoor, { client, upstream, target }: TcpConnection): void {
    if (upstream === null || target === null) return;
    this.events.onFlow({
      service,
      source: client.remote,
      destination: client.local,
      node: target.node,
      target: endpointText(target.address, target.port),
      seenAs: upstream.local,
    });
  }
}

function newDoor(door: Door, { service }: DoorService): OpenDoor {
  return {
    key: keyOf(door),
    service,
    listener: null,
    dealer: new Dealer([], false),
    isAllowed: () => false,
    connections: new Set(),
  };
}

function change(known: OpenDoor, { family, targets }: Door, service: DoorService): void {
  known.dealer = new Dealer(targets, service.isSticky);
  known.isAllowed = allowing(family, service.sourceRanges);
  if (targets.length === 0) close(known);
}

function close(door: OpenDoor): void {
  door.listener?.[Symbol.dispose]();
  door.listener = null;
}

/** Nobody comes in any more, and who is in goes. */
function end(door: OpenDoor): void {
  close(door);
  for (const connection of [...door.connections]) connection.reset();
}

function keyOf({ address, port }: Door): string {
  return endpointText(address, port);
}

/** @example hostOf('[::1]:80') // '::1' */
function hostOf(endpoint: string): string {
  return endpoint.slice(0, endpoint.lastIndexOf(':')).replace(/^\[|\]$/g, '');
}
