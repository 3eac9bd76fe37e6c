/** The TCP half of the data path, in whichever thread it runs: doors, and the connections behind them. */
import { matcherOf } from '../../kit/l4/source-ranges.ts';
import type { Meter } from '../../kit/l4/relay.ts';
import type { Wire, WireEngine, WireEvents, WireListener } from '../../kit/l4/wire.ts';
import { endpointText } from '../../kit/http/endpoint-text.ts';
import { Dealer } from './choose.ts';
import { listenReason } from './listen-reason.ts';
import { TcpConnection, type ConnectionDesk } from './tcp-connection.ts';
import type { Door, NodePort, TcpFlow, TcpService } from './tcp-service.ts';

export interface TcpForwarderEvents {
  readonly log: (line: string) => void;
  /** Called only while {@link TcpForwarder.isWatched}. */
  readonly onFlow: (flow: TcpFlow) => void;
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
   * Doors with somebody behind them are open; the others are closed, so that the kernel refuses.
   *
   * @throws Error when one of them cannot be opened: then it is as before
   */
  async ensure(service: TcpService): Promise<void> {
    const before = this.services.get(service.name) ?? new Map<string, OpenDoor>();
    const after = new Map<string, OpenDoor>();
    const opened: OpenDoor[] = [];
    try {
      for (const door of service.doors) {
        const key = endpointText(door.address, door.port);
        const known = before.get(key) ?? this.newDoor(key, service);
        if (known.listener === null && door.targets.length > 0) {
          opened.push(known);
          await this.open(known, door);
        }
        after.set(key, known);
      }
    } catch (error) {
      for (const door of opened) close(door);
      throw error;
    }
    for (const door of service.doors) {
      const known = after.get(endpointText(door.address, door.port));
      if (known) this.change(known, door, service);
    }
    for (const [key, door] of before) if (!after.has(key)) end(door);
    this.services.set(service.name, after);
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

  private newDoor(key: string, { service }: TcpService): OpenDoor {
    return {
      key,
      service,
      listener: null,
      dealer: new Dealer([], false),
      isAllowed: () => false,
      connections: new Set(),
    };
  }

  private async open(door: OpenDoor, { address, port }: Door): Promise<void> {
    try {
      door.listener = await this.engine.listen({
        host: address,
        port,
        onWire: (client) => this.accept(door, client),
        onError: (error) => this.events.log(`${door.service}: ${door.key}: ${error.message}`),
      });
    } catch (cause) {
      throw new Error(listenReason('TCP', door.key, cause), { cause });
    }
  }

  private change(known: OpenDoor, { family, targets }: Door, service: TcpService): void {
    const { sourceRanges, isSticky } = service;
    known.dealer = new Dealer(targets, isSticky);
    known.isAllowed = allowing(family, sourceRanges);
    if (targets.length === 0) close(known);
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

function allowing(family: Door['family'], ranges: readonly string[]): (client: string) => boolean {
  if (ranges.length === 0) return () => true;
  const isIPv6 = family === 'IPv6';
  return matcherOf(
    family,
    ranges.filter((range) => range.includes(':') === isIPv6),
  );
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

/** @example hostOf('[::1]:80') // '::1' */
function hostOf(endpoint: string): string {
  return endpoint.slice(0, endpoint.lastIndexOf(':')).replace(/^\[|\]$/g, '');
}
