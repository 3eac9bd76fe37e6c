/** The dataplane `nftables`: the kernel sends connections on their way. */
import { isIPv6 } from 'node:net';
import { systemClock } from '../../kit/clock.ts';
import { reservePort, type ReservedPort } from '../../kit/libc/reserve-port.ts';
import { flowOf, watchFlows } from '../../kit/netlink/watch-flows.ts';
import { openNftConnection } from '../../kit/nftables/connection.ts';
import type { NftConnection } from '../../kit/nftables/nft-connection.ts';
import { repairTables } from '../../kit/nftables/table-watch.ts';
import { oneAtATime } from '../../kit/one-at-a-time.ts';
import type { Backend } from '../backend.ts';
import type {
  Dataplane,
  DataplaneCounts,
  DataplaneOptions,
  ForwardedConnection,
  ForwardingPlan,
} from '../dataplane.ts';
import { ConnectionEnder } from './connection-ender.ts';
import { CounterTotals } from './counters.ts';
import { startExpiry } from './expiry.ts';
import { ensureForwarding, ensureStraysAreSeen } from './forwarding.ts';
import { followCounts, type LiveCounts } from './live-counts.ts';
import { beTheOnlyOne } from './only-one.ts';
import { RuleTables } from './rule-tables.ts';
import { tableName } from './rules.ts';
import { familyOf, isBeginning, isOurs, isSpeaking, listTracked } from './tracked-connections.ts';
import { forgetUnanswered } from './unanswered.ts';

export interface NftablesDataplaneOptions extends DataplaneOptions {
  /** Opened here if absent. */
  readonly connection?: NftConnection;
}

/** With least connections, the rules follow the counts so much later at most. */
const rebalanceMs = 50;
const retryMs = 1000;
/** A client whose SYN is not answered sends another after a second. */
const forgetAfterMs = 400;
const rememberedBackends = 256;

/**
 * Until the first plan, what a process before left in the kernel goes on. When it is disposed of, new connections
 * are refused, and those that live go on in the kernel until they end; without any, the tables go.
 *
 * @throws Error when a port is taken, or nftables cannot be had; then nothing is changed
 */
export async function createNftablesDataplane(
  options: NftablesDataplaneOptions,
): Promise<Dataplane> {
  await using owned = new AsyncDisposableStack();
  owned.use(await beTheOnlyOne());
  const ports: ReservedPort[] = [];
  for (const { host, port } of options.listen) {
    if (isLoopback(host)) {
      throw new Error(
        `nftables: the kernel forwards nothing from ${host}: listen at another address, or with --dataplane userspace`,
      );
    }
    ports.push(owned.use(await reservePort(host, port)));
  }
  const { connection, netlinkPort } = options.connection
    ? { connection: options.connection, netlinkPort: null }
    : await openOwn(owned);
  const dataplane = new NftablesDataplane(options, ports, connection);
  try {
    await dataplane.begin(netlinkPort, owned.move());
  } catch (error) {
    await dataplane[Symbol.asyncDispose]();
    throw error;
  }
  return dataplane;
}

function isLoopback(host: string): boolean {
  return host === '::1' || host.startsWith('127.');
}

async function openOwn(owned: AsyncDisposableStack) {
  const connection = owned.use(await openNftConnection());
  return { connection, netlinkPort: connection.netlinkPort };
}

class NftablesDataplane implements Dataplane {
  readonly kind = 'nftables';
  readonly addresses: readonly string[];
  readonly #options: DataplaneOptions;
  readonly #listen: readonly ReservedPort[];
  readonly #tables: RuleTables;
  readonly #counters: CounterTotals;
  readonly #ender: ConnectionEnder;
  readonly #inOrder = oneAtATime();
  readonly #working = new Set<Promise<void>>();
  /** Who gets new connections; null before the first plan. */
  #eligible: readonly Backend[] | null = null;
  /** Those of which it is known that the kernel may forward to them. */
  #forwarded: readonly Backend[] = [];
  #counts: LiveCounts | null = null;
  #rewriting: Disposable | null = null;
  #forgetting: { readonly timer: Disposable; readonly lost: readonly Backend[] } | null = null;
  #owned = new AsyncDisposableStack();
  #areStraysSeen = false;
  #isDisposed = false;

  constructor(
    options: DataplaneOptions,
    ports: readonly ReservedPort[],
    connection: NftConnection,
  ) {
    this.#options = options;
    this.#listen = ports;
    this.addresses = ports.map(({ host, port }) =>
      isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`,
    );
    this.#tables = new RuleTables(connection, ports, options.balance);
    this.#counters = new CounterTotals(connection, this.#tables.families);
    this.#ender = new ConnectionEnder({ clock: systemClock, log: options.log });
  }

  /** @param owned what it ends with */
  async begin(netlinkPort: number | null, owned: AsyncDisposableStack): Promise<void> {
    const { log, balance } = this.#options;
    this.#owned = owned;
    owned.use(this.#ender);
    if (netlinkPort !== null) {
      const repair = () => this.#rewriteAfter(0, true);
      owned.use(
        await repairTables({ tableName, command: 'hop apiserver-lb', netlinkPort, repair, log }),
      );
    }
    if (balance === 'least-connections') {
      const onChange = () => this.#rewriteAfter(rebalanceMs);
      this.#counts = owned.use(await followCounts(this.#listen, onChange));
    }
    owned.use(
      startExpiry({
        ...this.#options,
        list: () => listTracked(this.#listen),
        end: (entries) => this.#ender.end(entries),
        clock: systemClock,
      }),
    );
  }

  apply({ eligible, reset }: ForwardingPlan): Promise<void> {
    return this.#inOrder(async () => {
      const before = this.#eligible;
      await this.#forwardTo(eligible);
      this.#eligible = eligible;
      await this.#write();
      if (!this.#areStraysSeen) await ensureStraysAreSeen(this.#options.log);
      this.#areStraysSeen = true;
      // Before the next plan, which may give them connections again.
      for (const backend of reset) this.#behind(this.#inOrder(() => this.#endAllOf(backend)));
      this.#forgetLater(withoutThose(before ?? [], [...eligible, ...reset]));
    });
  }

  async connections(): Promise<readonly ForwardedConnection[]> {
    const connections: ForwardedConnection[] = [];
    for await (const entries of listTracked(this.#listen)) {
      connections.push(...entries.filter(isSpeaking).map(flowOf));
    }
    return connections;
  }

  async counts(): Promise<DataplaneCounts & { readonly active: ReadonlyMap<string, number> }> {
    const counted = await this.#counters.read();
    const active = this.#counts ? await this.#followedCounts(this.#counts) : await this.#listed();
    return {
      ...counted,
      retried: null,
      reset: this.#ender.ended,
      sentBytes: null,
      receivedBytes: null,
      active,
    };
  }

  /** What is told, the rules follow. */
  #followedCounts({ active }: LiveCounts): Promise<ReadonlyMap<string, number>> {
    return this.#inOrder(async () => {
      const told = new Map(active);
      if (this.#eligible !== null) await this.#write();
      return told;
    });
  }

  async #listed(): Promise<ReadonlyMap<string, number>> {
    const active = new Map<string, number>();
    for (const { backend } of await this.connections()) {
      active.set(backend, (active.get(backend) ?? 0) + 1);
    }
    return active;
  }

  onConnection(
    listener: (connection: ForwardedConnection) => void,
  ): Disposable & { readonly ready: Promise<void> } {
    const families = new Set(this.#listen.map(({ host }) => familyOf(host)));
    const watches = [...families].map((family) =>
      watchFlows(family, (entry) => {
        if (isOurs(this.#listen, entry)) listener(flowOf(entry));
      }),
    );
    const ready = Promise.all(watches.map((watch) => watch.ready)).then(() => undefined);
    // Whoever does not ask is not ended by it.
    ready.catch(() => undefined);
    return {
      ready,
      [Symbol.dispose]: () => {
        for (const watch of watches) watch[Symbol.dispose]();
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#rewriting?.[Symbol.dispose]();
    this.#forgetting?.timer[Symbol.dispose]();
    const hasPlan = this.#eligible !== null;
    await (hasPlan ? this.#leave() : Promise.resolve()).catch((error: unknown) =>
      this.#options.log(`nftables: ${String(error)}`),
    );
    await this.#owned.disposeAsync();
  }

  async #leave(): Promise<void> {
    await this.#inOrder(() => {
      this.#eligible = [];
      return this.#write();
    });
    while (this.#working.size > 0) await Promise.all(this.#working);
    const { length } = await this.connections();
    if (length === 0) await this.#tables.delete();
    else this.#options.log(goesOn(length));
  }

  /** Looking for them takes the kernel so long that the next plan comes first. */
  #forgetLater(lost: readonly Backend[]): void {
    if (lost.length === 0) return;
    this.#forgetting?.timer[Symbol.dispose]();
    const all = [...(this.#forgetting?.lost ?? []), ...lost];
    const timer = systemClock.after(forgetAfterMs, () => {
      this.#forgetting = null;
      this.#behind(forgetUnanswered(this.#listen, withoutThose(all, this.#eligible ?? [])));
    });
    this.#forgetting = { timer, lost: all };
  }

  async #forwardTo(eligible: readonly Backend[]): Promise<void> {
    const added = withoutThose(eligible, this.#forwarded);
    if (added.length === 0) return;
    await ensureForwarding(added, this.#options.log);
    // Who is gone may come back as the list changes; so many are remembered.
    this.#forwarded = [...added, ...this.#forwarded].slice(0, rememberedBackends);
  }

  #write(): Promise<boolean> {
    return this.#tables.write(this.#eligible ?? [], this.#counts?.active ?? new Map());
  }

  /** Once, however often it is asked for meanwhile. */
  #rewriteAfter(delayMs: number, isDrift = false): void {
    if (isDrift) this.#tables.distrust();
    if (this.#rewriting !== null || this.#isDisposed) return;
    this.#rewriting = systemClock.after(delayMs, () => {
      this.#rewriting = null;
      this.#inOrder(async () => {
        if (this.#eligible !== null && !this.#isDisposed) await this.#write();
      }).catch((error: unknown) => {
        this.#options.log(`nftables: ${String(error)}; it is tried again`);
        this.#rewriteAfter(retryMs);
      });
    });
  }

  async #endAllOf(backend: Backend): Promise<void> {
    const entries = [];
    for await (const batch of listTracked(this.#listen, backend)) {
      entries.push(...batch.filter((entry) => isSpeaking(entry) || isBeginning(entry)));
    }
    this.#behind(this.#ender.end(entries));
  }

  /** The plan does not wait for it; the end does. */
  #behind(work: Promise<void>): void {
    const done = work
      .catch((error: unknown) => this.#options.log(`nftables: ${String(error)}`))
      .finally(() => this.#working.delete(done));
    this.#working.add(done);
  }
}

function goesOn(connections: number): string {
  const which = connections === 1 ? '1 connection goes' : `${connections} connections go`;
  const next = 'hop apiserver-lb --cleanup removes the rules for that';
  return `nftables: ${which} on in the kernel to the end; ${next}`;
}

function withoutThose(backends: readonly Backend[], others: readonly Backend[]): Backend[] {
  const names = new Set(others.map(({ name }) => name));
  return backends.filter(({ name }) => !names.has(name));
}
