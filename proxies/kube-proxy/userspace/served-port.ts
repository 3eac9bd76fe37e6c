/** A port of a Service as it is now: its listeners ask it for each new client. */
import type { Backend, ServicePortState } from '../service-port.ts';
import { Affinity } from './affinity.ts';
import type { FrontendKind } from './frontends.ts';
import { routeOf, type BackendList, type Route } from './route.ts';
import { matcherOf } from '../../kit/l4/source-ranges.ts';

/** What all ports know of the node. */
export interface Surroundings {
  readonly isPod: (address: string) => boolean;
  readonly isNode: (address: string) => boolean;
  /** All addresses of the node in this family. */
  readonly nodeIPs: readonly string[];
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

export class ServedPort {
  state: ServicePortState;
  private readonly around: Surroundings;
  private affinity: Readonly<Record<BackendList, Affinity>> | null = null;
  private isInRanges: (address: string) => boolean = () => true;

  constructor(state: ServicePortState, around: Surroundings) {
    this.state = state;
    this.around = around;
    this.update(state);
  }

  update(state: ServicePortState): void {
    this.state = state;
    this.isInRanges = state.sourceRanges ? matcherOf(state.family, state.sourceRanges) : () => true;
    this.updateAffinity(state);
  }

  /** @param asked the address that the client has connected to */
  routeFor(kind: FrontendKind, client: string, asked: string): Route {
    const { isPod, isNode } = this.around;
    // Who comes from the address that it asks is on this node: nobody else has it.
    const isOwn = client === asked || isNode(client);
    return routeOf(this.state, kind, {
      isPod: isPod(client),
      isNode: isOwn,
      isAllowed: this.isAllowed(client, asked),
    });
  }

  /** Uniform, but for clients that come again; those who failed just now come last. */
  choose({ list, backends }: Route, client: string, failed: readonly Backend[]): Backend | null {
    const affinity = this.affinity?.[list] ?? null;
    const known = failed.length === 0 ? affinity?.recall(client, backends) : null;
    const chosen = known ?? pick(backends, failed);
    if (chosen) affinity?.remember(client, chosen);
    return chosen;
  }

  /** It did not answer: the next connection of this client may go elsewhere. */
  failed({ list }: Route, client: string): void {
    this.affinity?.[list].forget(client);
  }

  /** The kernel lets the node ask with the load balancer's address when the node itself may ask. */
  private isAllowed(client: string, asked: string): boolean {
    if (this.isInRanges(client)) return true;
    return client === asked && this.around.nodeIPs.some((address) => this.isInRanges(address));
  }

  private updateAffinity({ affinitySeconds, cluster, local }: ServicePortState): void {
    if (affinitySeconds === 0) {
      this.affinity = null;
      return;
    }
    const timeoutMs = affinitySeconds * 1_000;
    this.affinity ??= {
      cluster: new Affinity(timeoutMs, this.around.now),
      local: new Affinity(timeoutMs, this.around.now),
    };
    for (const [affinity, backends] of [
      [this.affinity.cluster, cluster],
      [this.affinity.local, local],
    ] as const) {
      affinity.timeoutMs = timeoutMs;
      const there = new Set(backends.map(({ address, port }) => `${address} ${port}`));
      affinity.keep(({ address, port }) => there.has(`${address} ${port}`));
    }
  }
}

function pick(backends: readonly Backend[], failed: readonly Backend[]): Backend | null {
  const rest = failed.length === 0 ? backends : backends.filter((one) => !failed.includes(one));
  const from = rest.length > 0 ? rest : backends;
  return from[Math.floor(Math.random() * from.length)] ?? null;
}
