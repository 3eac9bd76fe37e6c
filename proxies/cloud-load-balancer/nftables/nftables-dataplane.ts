/** The dataplane `nftables`: the kernel sends packets of load balancers on their way. */
import { systemClock, type Clock } from '../../kit/clock.ts';
import { kernelFamilies } from '../../kit/kernel-families.ts';
import { openNftConnection, type KernelNftConnection } from '../../kit/nftables/connection.ts';
import { repairTables } from '../../kit/nftables/table-watch.ts';
import { oneAtATime } from '../../kit/one-at-a-time.ts';
import { beTheOnlyOne } from '../../kit/only-one.ts';
import type { Dataplane, Forwarding, Target } from '../forwarding.ts';
import { transports, type Family } from '../service.ts';
import { ensureNeighbourProxy } from './announce.ts';
import { attachedNetworks, type FindDevice } from './attached.ts';
import { chunksOf } from './chunks.ts';
import { FamilyTable } from './family-table.ts';
import { tellFlows } from './flows.ts';
import { startForgetting, type Forgetting } from './forgetting.ts';
import { createHerald, type Herald } from './herald.ts';
import { KernelRouting } from './kernel-routing.ts';
import { tableName } from './layout.ts';
import { withoutOwnNodes } from './own-nodes.ts';
import { poolNetworks, type PoolNetwork } from './pool-networks.ts';
import { KernelSettings } from './settings.ts';
import { goneOf, type Gone } from './stale-flows.ts';
import { wantedOf } from './wanted.ts';

export interface NftablesOptions {
  /** CIDRs or ranges `a-b` of both families: what is addressed to none of the load balancers is refused. */
  readonly addressPools: readonly string[];
  /** Where clients are that find addresses by ARP and NDP; absent or null where routers know the way. */
  readonly interface?: string | null;
  readonly log: (line: string) => void;
  /** By which pauses go; the system's if absent. */
  readonly clock?: Clock;
  /** To the kernel if absent. */
  readonly connect?: () => Promise<KernelNftConnection>;
}

/** Routes that somebody took away are there again after so long at most. */
const resyncMs = 30_000;
/** After a repair that failed; each time twice as long. */
const firstRetryMs = 1_000;

/**
 * Until `replaceAll`, what a process before left in the kernel goes on. It goes on, too, when the dataplane is
 * disposed of: `cleanUp` removes it.
 *
 * @throws Error when nftables cannot be had, or another process has it; then nothing is changed
 */
export async function createNftablesDataplane(options: NftablesOptions): Promise<Dataplane> {
  await using owned = new AsyncDisposableStack();
  const networks = poolNetworks(options.addressPools);
  const foreign = networks.find(({ family }) => !kernelFamilies().includes(family));
  if (foreign) throw new Error(`nftables: this kernel has no IPv6: leave out ${foreign.cidr}`);
  owned.use(await onlyOne());
  const connection = owned.use(await (options.connect ?? openNftConnection)());
  const routing = owned.use(new KernelRouting(networks, options.interface ?? null));
  const forgetting = owned.use(startForgetting(options.clock ?? systemClock, options.log));
  const device = options.interface ?? null;
  const herald = owned.use(
    createHerald({ device, clock: options.clock ?? systemClock, log: options.log }),
  );
  const parts = { networks, connection, routing, forgetting, herald };
  const dataplane = new NftablesDataplane(options, parts);
  if (options.interface) await ensureNeighbourProxy(options.interface, options.log);
  await dataplane.begin(owned.move());
  return withoutOwnNodes(dataplane, { log: options.log });
}

async function onlyOne(): Promise<Disposable> {
  try {
    return await beTheOnlyOne(`hop-${tableName}-nftables`);
  } catch (cause) {
    throw new Error(
      'nftables: another hop cloud-lb with this dataplane runs on this machine: end it, or use --dataplane userspace',
      { cause },
    );
  }
}

interface Parts {
  readonly networks: readonly PoolNetwork[];
  readonly connection: KernelNftConnection;
  readonly routing: KernelRouting;
  readonly forgetting: Forgetting;
  readonly herald: Herald;
}

class NftablesDataplane implements Dataplane {
  readonly kind = 'nftables';
  readonly abilities = { protocols: transports, modes: ['VIP', 'Proxy'] } as const;
  readonly onFlow: Dataplane['onFlow'];
  readonly #log: (line: string) => void;
  readonly #clock: Clock;
  readonly #parts: Parts;
  readonly #families: readonly Family[] = kernelFamilies();
  readonly #settings: KernelSettings;
  readonly #inOrder = oneAtATime();
  readonly #unattached = new Set<string>();
  #owned = new AsyncDisposableStack();
  /** Null before the first that is wanted. */
  #tables: readonly FamilyTable[] | null = null;
  #forwardings = new Map<string, Forwarding>();
  /** By address, protocol and port: the name of the load balancer. */
  #places = new Map<string, string>();
  /** The kernel may have something else than is wanted: then everything is written before anything else. */
  #isDirty = false;
  #resync: Disposable | null = null;
  #retryMs = firstRetryMs;
  #isDisposed = false;

  constructor({ log, clock = systemClock }: NftablesOptions, parts: Parts) {
    this.#log = log;
    this.#clock = clock;
    this.#parts = parts;
    this.#settings = new KernelSettings(log);
    this.onFlow = tellFlows({
      findService: (address, protocol, port) =>
        this.#forwardings.get(this.#places.get(placeOf(address, protocol, port)) ?? ''),
      findNode: (family, mark) => {
        const table = this.#tables?.find((one) => one.family === family);
        return table?.nodeOf(mark)?.target;
      },
    });
  }

  async begin(owned: AsyncDisposableStack): Promise<void> {
    this.#owned = owned;
    const { netlinkPort } = this.#parts.connection;
    if (netlinkPort === null) return;
    const repair = () => this.#again('repair');
    const watched = { tableName, command: 'hop cloud-lb', netlinkPort, repair, log: this.#log };
    owned.use(await repairTables(watched));
  }

  replaceAll(forwardings: readonly Forwarding[]): Promise<void> {
    return this.#inOrder(async () => {
      const before = this.#forwardings;
      this.#forwardings = new Map();
      this.#places = new Map();
      for (const one of forwardings) this.#remember(one.name, one);
      await this.#rewrite();
      for (const [name, one] of before) this.#forget(one, this.#forwardings.get(name) ?? null);
      this.#resyncLater();
    });
  }

  ensure(forwarding: Forwarding): Promise<void> {
    return this.#inOrder(async () => {
      const before = this.#forwardings.get(forwarding.name);
      const isSame = before && JSON.stringify(before) === JSON.stringify(forwarding);
      if (isSame && !this.#isDirty) return;
      this.#refuseTaken(forwarding);
      await this.#change(forwarding.name, forwarding);
    });
  }

  remove(name: string): Promise<void> {
    return this.#inOrder(async () => {
      if (this.#forwardings.has(name)) await this.#change(name, null);
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#inOrder(async () => {
      if (this.#isDisposed) return;
      this.#isDisposed = true;
      this.#resync?.[Symbol.dispose]();
      await this.#owned.disposeAsync();
    });
  }

  async #change(name: string, after: Forwarding | null): Promise<void> {
    const before = this.#forwardings.get(name) ?? null;
    if (this.#isDirty) await this.#rewrite();
    const tables = this.#tables;
    if (tables === null) throw new Error('nftables: replaceAll comes first');
    try {
      await this.#commit(() => tables.flatMap((table) => table.change(name, after)));
    } catch (error) {
      // The kernel has what it had, and it is no longer known what that is.
      this.#isDirty = true;
      await this.#rewrite().catch((later: unknown) => this.#againSoon(later));
      throw error;
    }
    this.#remember(name, after);
    this.#forget(before, after);
  }

  /** Everything from the beginning, whatever there is. */
  async #rewrite(): Promise<void> {
    this.#isDirty = true;
    const { networks, routing } = this.#parts;
    const findDevice = this.#findDevice();
    const tables = this.#families.map((family) => new FamilyTable(family, findDevice));
    this.#tables = tables;
    await routing.look();
    await this.#commit(() =>
      tables.flatMap((table) => [
        ...table.begin(
          networks.filter(({ family }) => family === table.family).map(({ cidr }) => cidr),
        ),
        ...[...this.#forwardings].flatMap(([name, one]) => table.change(name, one)),
      ]),
    );
    this.#isDirty = false;
  }

  /** Routes before the packets that need them, and no packets before routes go. */
  async #commit(changeTables: () => readonly string[]): Promise<void> {
    const lines = changeTables();
    const needs = this.#tables ?? [];
    const devices = needs.flatMap(({ vipNodes }) => vipNodes.map(({ device }) => device ?? ''));
    const forwarding = needs.filter(({ hasNodes }) => hasNodes).map(({ family }) => family);
    await this.#settings.ensure(forwarding, devices.filter(Boolean));
    const change = await this.#parts.routing.add(needs);
    for (const chunk of chunksOf(lines)) await this.#parts.connection.run(chunk);
    await change.removeOthers();
    this.#parts.herald.tell(needs.flatMap(({ addresses }) => addresses));
  }

  #remember(name: string, forwarding: Forwarding | null): void {
    const before = this.#forwardings.get(name);
    for (const place of before ? placesOf(before) : []) this.#places.delete(place);
    for (const place of forwarding ? placesOf(forwarding) : []) this.#places.set(place, name);
    if (forwarding) this.#forwardings.set(name, forwarding);
    else this.#forwardings.delete(name);
  }

  #forget(before: Forwarding | null, after: Forwarding | null): void {
    const gone = this.#families.map((family) =>
      goneOf(family, before && wantedOf(family, before), after && wantedOf(family, after)),
    );
    this.#parts.forgetting.request(gone.filter((one): one is Gone => one !== null));
  }

  /** @throws Error when another load balancer has a port of it */
  #refuseTaken(forwarding: Forwarding): void {
    for (const place of placesOf(forwarding)) {
      const name = this.#places.get(place);
      if (name === undefined || name === forwarding.name) continue;
      throw new Error(`nftables: ${place} is ${this.#forwardings.get(name)?.service ?? name}'s`);
    }
  }

  /** Says once of each node that it is not on a network of ours. */
  #findDevice(): FindDevice {
    let find = attachedNetworks();
    return (target: Target) => {
      const device = find(target) ?? (find = attachedNetworks())(target);
      const key = `${target.node} ${target.address}`;
      if (device !== null) this.#unattached.delete(key);
      else if (!this.#unattached.has(key)) {
        this.#unattached.add(key);
        this.#log(
          `nftables: node ${target.node} at ${target.address} is not on a network of this machine: use --ip-mode Proxy`,
        );
      }
      return device;
    };
  }

  #resyncLater(inMs = resyncMs): void {
    this.#resync?.[Symbol.dispose]();
    this.#resync = this.#clock.after(inMs, () => this.#again('resync'));
  }

  #againSoon(error: unknown): void {
    this.#log(`nftables: ${String(error)}; it is tried again`);
    this.#resyncLater(this.#retryMs);
    this.#retryMs = Math.min(2 * this.#retryMs, resyncMs);
  }

  /** What somebody else changed is as it was; tried again until it is. */
  #again(why: 'repair' | 'resync'): void {
    void this.#inOrder(async () => {
      if (this.#isDisposed || this.#tables === null) return;
      try {
        if (why === 'repair' || this.#isDirty) await this.#rewrite();
        else {
          await this.#parts.routing.look();
          await this.#commit(() => []);
        }
        this.#retryMs = firstRetryMs;
        this.#resyncLater();
      } catch (error) {
        this.#againSoon(error);
      }
    });
  }
}

function placesOf({ addresses, ports }: Forwarding): readonly string[] {
  return addresses.flatMap(({ address }) =>
    ports.map(({ protocol, port }) => placeOf(address, protocol, port)),
  );
}

function placeOf(address: string, protocol: string, port: number): string {
  return `${address} ${protocol} ${port}`;
}
