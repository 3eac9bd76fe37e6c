/** The dataplane `nftables`: the kernel sends packets of load balancers on their way. */
import { openIpBatch } from '../../kit/ip-batch.ts';
import { openNftConnection, type KernelNftConnection } from '../../kit/nftables/connection.ts';
import { oneAtATime } from '../../kit/one-at-a-time.ts';
import type { Dataplane, ForwardedFlow, Forwarding, Target } from '../forwarding.ts';
import { transports, type Family } from '../service.ts';
import { attachedNetworks, type FindDevice } from './attached.ts';
import { chunksOf } from './chunks.ts';
import { FamilyTable } from './family-table.ts';
import { poolNetworks, type PoolNetwork } from './pool-networks.ts';
import {
  byKey,
  listRouting,
  markRule,
  nodeRoute,
  poolRoute,
  routingChange,
  type IpBatches,
  type RoutingItem,
} from './routing.ts';
import { forgetFlows, goneOf, type Gone } from './stale-flows.ts';
import { wantedOf } from './wanted.ts';

export interface NftablesOptions {
  /** CIDRs or ranges `a-b` of both families: what is addressed to none of the load balancers is refused. */
  readonly addressPools: readonly string[];
  readonly log: (line: string) => void;
}

const families = ['IPv4', 'IPv6'] as const satisfies readonly Family[];

/**
 * Until `replaceAll`, what a process before left in the kernel goes on. It goes on, too, when the dataplane is
 * disposed of: `cleanUp` removes it.
 *
 * @throws Error when nftables cannot be had, or another process has it; then nothing is changed
 */
export async function createNftablesDataplane(options: NftablesOptions): Promise<Dataplane> {
  await using owned = new AsyncDisposableStack();
  const networks = poolNetworks(options.addressPools);
  const connection = owned.use(await openNftConnection());
  const batches = { IPv4: openIpBatch('IPv4'), IPv6: openIpBatch('IPv6') };
  for (const batch of Object.values(batches)) owned.defer(() => batch.end());
  return new NftablesDataplane(options, networks, connection, batches, owned.move());
}

class NftablesDataplane implements Dataplane {
  readonly kind = 'nftables';
  readonly abilities = { protocols: transports, modes: ['VIP', 'Proxy'] } as const;
  readonly #options: NftablesOptions;
  readonly #networks: readonly PoolNetwork[];
  readonly #connection: KernelNftConnection;
  readonly #batches: IpBatches;
  readonly #owned: AsyncDisposableStack;
  readonly #inOrder = oneAtATime();
  #forwardings = new Map<string, Forwarding>();
  #tables: readonly FamilyTable[] = [];
  #routing: ReadonlyMap<string, RoutingItem> = new Map();
  /** By address, protocol and port: whose it is. */
  #unattached = new Set<string>();

  constructor(
    options: NftablesOptions,
    networks: readonly PoolNetwork[],
    connection: KernelNftConnection,
    batches: IpBatches,
    owned: AsyncDisposableStack,
  ) {
    this.#options = options;
    this.#networks = networks;
    this.#connection = connection;
    this.#batches = batches;
    this.#owned = owned;
  }

  replaceAll(forwardings: readonly Forwarding[]): Promise<void> {
    return this.#inOrder(async () => {
      this.#forwardings = new Map(forwardings.map((one) => [one.name, one]));
      await this.#rewrite();
    });
  }

  ensure(forwarding: Forwarding): Promise<void> {
    return this.#inOrder(async () => {
      const before = this.#forwardings.get(forwarding.name);
      if (before && isSame(before, forwarding)) return;
      this.#refuseTaken(forwarding);
      await this.#change(forwarding.name, before ?? null, forwarding);
    });
  }

  remove(name: string): Promise<void> {
    return this.#inOrder(async () => {
      const before = this.#forwardings.get(name);
      if (before) await this.#change(name, before, null);
    });
  }

  onFlow(listener: (flow: ForwardedFlow) => void): Disposable & { readonly ready: Promise<void> } {
    void listener;
    throw new Error('not yet');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#inOrder(() => this.#owned.disposeAsync());
  }

  async #change(name: string, before: Forwarding | null, after: Forwarding | null): Promise<void> {
    const lines = this.#tables.flatMap((table) => table.change(name, after));
    try {
      await this.#commit(lines);
    } catch (error) {
      // The kernel has what it had; what the tables think they have is no longer known.
      await this.#rewrite();
      throw error;
    }
    if (after) this.#forwardings.set(name, after);
    else this.#forwardings.delete(name);
    await this.#forget(before, after);
  }

  async #rewrite(): Promise<void> {
    const findDevice = this.#attached();
    this.#tables = families.map((family) => new FamilyTable(family, findDevice));
    this.#routing = await listRouting();
    const lines = this.#tables.flatMap((table) => [
      ...table.begin(),
      ...[...this.#forwardings].flatMap(([name, one]) => table.change(name, one)),
    ]);
    await this.#commit(lines);
  }

  /** Routes before the packets that need them, and no packets before routes go. */
  async #commit(lines: readonly string[]): Promise<void> {
    const want = this.#wantedRouting();
    await routingChange(this.#batches, this.#routing, want, 'add');
    for (const chunk of chunksOf(lines)) await this.#connection.run(chunk);
    await routingChange(this.#batches, this.#routing, want, 'remove');
    this.#routing = want;
  }

  #wantedRouting(): ReadonlyMap<string, RoutingItem> {
    return byKey([
      ...this.#networks.map(({ family, cidr }) => poolRoute(family, cidr)),
      ...this.#tables.flatMap(({ family, vipNodes }) =>
        vipNodes.flatMap(({ mark, target, device }) =>
          device === null
            ? []
            : [markRule(family, mark), nodeRoute(family, mark, target.address, device)],
        ),
      ),
    ]);
  }

  async #forget(before: Forwarding | null, after: Forwarding | null): Promise<void> {
    const gone = families
      .map((family) =>
        goneOf(family, before && wantedOf(family, before), after && wantedOf(family, after)),
      )
      .filter((one): one is Gone => one !== null);
    if (gone.length > 0) await forgetFlows(gone);
  }

  /** Says once of each node that it is not on a network of ours. */
  #attached(): FindDevice {
    let find = attachedNetworks();
    return (target: Target) => {
      const device = find(target) ?? (find = attachedNetworks())(target);
      const key = `${target.node} ${target.address}`;
      if (device !== null) this.#unattached.delete(key);
      else if (!this.#unattached.has(key)) {
        this.#unattached.add(key);
        this.#options.log(
          `nftables: node ${target.node} at ${target.address} is not on a network of this machine: use --ip-mode Proxy`,
        );
      }
      return device;
    };
  }

  /** @throws Error when another load balancer has a port of it */
  #refuseTaken(forwarding: Forwarding): void {
    const own = new Set(placesOf(forwarding));
    for (const other of this.#forwardings.values()) {
      if (other.name === forwarding.name) continue;
      const taken = placesOf(other).find((place) => own.has(place));
      if (taken) throw new Error(`nftables: ${taken} is ${other.service}'s`);
    }
  }
}

function placesOf({ addresses, ports }: Forwarding): readonly string[] {
  return addresses.flatMap(({ address }) =>
    ports.map(({ protocol, port }) => `${address} ${protocol} ${port}`),
  );
}

function isSame(one: Forwarding, other: Forwarding): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
