/** The data path itself, in whichever thread it runs: clients, the plan, and what becomes due. */
import type { Meter } from '../../kit/l4/relay.ts';
import type { Wire, WireEngine } from '../../kit/l4/wire.ts';
import type { Backend, Sighting } from '../backend.ts';
import type {
  Dataplane,
  DataplaneOptions,
  ForwardedConnection,
  ForwardingPlan,
} from '../dataplane.ts';
import { balancing, type Balancing } from './balance.ts';
import { Connection } from './connection.ts';
import type { Desk } from './desk.ts';
import { Aging } from './aging.ts';
import { isOwnFault, listenReason } from './system-errors.ts';
import { endOf, proxyHeader } from './proxy-protocol.ts';

export type ForwarderOptions = Omit<DataplaneOptions, 'log' | 'onSighting'>;

export interface ForwarderEvents {
  readonly log: (line: string) => void;
  readonly onSighting: (sighting: Sighting) => void;
  /** Called only while {@link Forwarder.isWatched}. */
  readonly onConnection: (connection: ForwardedConnection) => void;
}

/** Between looks at dials and first answers, while there are any. */
const lookMs = 10;

export class Forwarder implements Desk, Disposable {
  readonly meter: Meter = { sentBytes: 0, receivedBytes: 0, tick: 0 };
  readonly dialTimeoutMs: number;
  isWatched = false;
  private readonly options: ForwarderOptions;
  private readonly engine: WireEngine;
  private readonly events: ForwarderEvents;
  private readonly connections = new Set<Connection>();
  private readonly expected = new Set<Connection>();
  private looking: Disposable | null = null;
  private readonly aging: Aging;
  private readonly active = new Map<string, number>();
  private readonly totals = { accepted: 0, refused: 0, retried: 0, reset: 0 };
  private readonly choose: Balancing;
  private eligible: readonly Backend[] = [];
  private eligibleNames: ReadonlySet<string> = new Set();
  private plan = '';

  constructor(engine: WireEngine, options: ForwarderOptions, events: ForwarderEvents) {
    this.engine = engine;
    this.options = options;
    this.events = events;
    this.dialTimeoutMs = options.dialTimeoutMs;
    this.choose = balancing(options.balance, (name) => this.active.get(name) ?? 0);
    this.aging = new Aging(engine, this.meter, options);
  }

  /** @throws Error when one of the addresses is not to be had */
  async listen(): Promise<readonly string[]> {
    const addresses: string[] = [];
    for (const { host, port } of this.options.listen) {
      try {
        const { address } = await this.engine.listen({
          host,
          port,
          onWire: (client) => this.accept(client),
          onError: (error) => this.events.log(`${host}:${port}: ${error.message}`),
        });
        addresses.push(address);
      } catch (cause) {
        throw new Error(listenReason({ host, port }, cause), { cause });
      }
    }
    return addresses;
  }

  apply({ eligible, reset }: ForwardingPlan): void {
    const namesOf = (backends: readonly Backend[]) => backends.map(({ name }) => name);
    const plan = JSON.stringify([namesOf(eligible), namesOf(reset)]);
    if (plan === this.plan) return;
    this.plan = plan;
    this.eligible = eligible;
    this.eligibleNames = new Set(namesOf(eligible));
    const gone = new Set(namesOf(reset));
    for (const connection of this.connections) {
      connection.planChanged();
      if (!gone.has(connection.backend?.name ?? '')) continue;
      this.totals.reset += 1;
      connection.reset();
    }
  }

  list(): readonly ForwardedConnection[] {
    return [...this.connections].flatMap((connection) => connection.describe() ?? []);
  }

  counts(): Awaited<ReturnType<Dataplane['counts']>> {
    const { sentBytes, receivedBytes } = this.meter;
    return { ...this.totals, sentBytes, receivedBytes, active: new Map(this.active) };
  }

  [Symbol.dispose](): void {
    this.engine[Symbol.dispose]();
    this.aging[Symbol.dispose]();
    for (const connection of this.connections) connection.reset();
    this.looking?.[Symbol.dispose]();
  }

  now(): number {
    return this.engine.now();
  }

  isEligible({ name }: Backend): boolean {
    return this.eligibleNames.has(name);
  }

  order(): readonly Backend[] {
    return this.choose(this.eligible);
  }

  dial(backend: Backend, connection: Connection): Wire {
    return this.engine.dial(backend, connection);
  }

  header(client: Wire): Uint8Array | null {
    const { proxyProtocol } = this.options;
    if (proxyProtocol === 'off') return null;
    return proxyHeader(proxyProtocol, endOf(client.remote), endOf(client.local));
  }

  expect(connection: Connection): void {
    this.expected.add(connection);
    this.looking ??= this.engine.every(lookMs, () => this.look());
  }

  dialFailed(backend: Backend, error: Error): void {
    if (isOwnFault(error)) this.events.log(error.message);
    else this.events.onSighting({ backend, saw: 'dial-failed', reason: error.message });
  }

  noAnswer(backend: Backend, reason: string): void {
    this.events.onSighting({ backend, saw: 'no-answer', reason });
  }

  retried(): void {
    this.totals.retried += 1;
  }

  joined(connection: Connection): void {
    if (!this.isWatched) return;
    const forwarded = connection.describe();
    if (forwarded) this.events.onConnection(forwarded);
  }

  count({ name }: Backend, change: 1 | -1): void {
    const count = (this.active.get(name) ?? 0) + change;
    if (count > 0) this.active.set(name, count);
    else this.active.delete(name);
  }

  refused(): void {
    this.totals.refused += 1;
  }

  over(connection: Connection): void {
    this.connections.delete(connection);
    this.expected.delete(connection);
    this.aging.remove(connection);
  }

  private accept(client: Wire): void {
    this.totals.accepted += 1;
    const connection = new Connection(client, this);
    this.connections.add(connection);
    this.aging.add(connection);
    connection.start();
  }

  private look(): void {
    const nowMs = this.engine.now();
    for (const connection of this.expected) {
      const { deadlineMs } = connection;
      if (deadlineMs !== null && deadlineMs > nowMs) continue;
      this.expected.delete(connection);
      if (deadlineMs !== null) connection.late();
    }
    if (this.expected.size > 0) return;
    this.looking?.[Symbol.dispose]();
    this.looking = null;
  }
}
