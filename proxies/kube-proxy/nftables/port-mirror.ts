/** What is in the kernel for each port, and what has to change there for another state of it. */
import type { ServicePort, ServicePortState } from '../service-port.ts';
import { EndpointLists, foundLists, type Found, type PolicyLists } from './endpoint-lists.ts';
import { FrontendOwners, frontendsOf, hasSameFrontends, type Frontend } from './frontends.ts';
import type { PortBatch } from './large-port.ts';
import type { CollectionName } from './layout-facts.ts';
import {
  allowedSources,
  sharedCollections,
  visitElements,
  type PlannedPort,
} from './port-elements.ts';
import type { SharedChainUses } from './shared-chain-uses.ts';

interface Element {
  readonly collection: CollectionName;
  readonly key: string;
  readonly data: string;
  readonly comment: string;
}

/** So many fit beside what a batch may hold before it is sent. */
const mostElements = 200;

export class PortMirror {
  readonly #nodeIPs: readonly string[];
  readonly #chains: SharedChainUses;
  readonly #states = new Map<string, ServicePortState>();
  readonly #planned = new Map<string, PlannedPort>();
  readonly #owners = new FrontendOwners();
  readonly #lists = new EndpointLists();
  /** How many ports name an element that belongs to all of them. */
  readonly #shares = new Map<CollectionName, Map<string, number>>();
  /** Endpoints left a list with ClientIP affinity: clients may be remembered that nobody serves. */
  hasForgotten = false;

  constructor(nodeIPs: readonly string[], chains: SharedChainUses) {
    this.#nodeIPs = nodeIPs;
    this.#chains = chains;
    for (const name of sharedCollections) this.#shares.set(name, new Map());
  }

  /** The port that is reached there. */
  ownerOf(frontend: string): string | undefined {
    return this.#owners.ownerOf(frontend);
  }

  /** The endpoints that a client may be remembered with, by id of affinity. */
  endpointsById(): Map<string, ReadonlySet<string>> {
    const lists = new Map<string, ReadonlySet<string>>();
    for (const { cluster, local } of this.#planned.values()) {
      for (const { affinityId, slots } of [cluster, local]) {
        if (affinityId !== '') lists.set(affinityId, new Set(slots));
      }
    }
    return lists;
  }

  /**
   * Takes what changed.
   *
   * @returns the keys of the ports to write: those that only lose first, since others may get what they had
   */
  take(changed: readonly ServicePortState[], removed: readonly string[]): readonly string[] {
    for (const key of removed) {
      const state = this.#states.get(key);
      if (state === undefined) continue;
      for (const frontend of frontendsOf(state)) this.#owners.release(frontend.key, key);
      this.#states.delete(key);
    }
    for (const state of changed) this.#takeState(state);
    const touched = this.#owners.settle((key) => this.#states.get(key));
    return [...new Set([...removed, ...touched, ...changed.map(({ key }) => key)])];
  }

  #takeState(state: ServicePortState): void {
    const before = this.#states.get(state.key);
    this.#states.set(state.key, state);
    if (before !== undefined && hasSameFrontends(before, state)) return;
    const frontends = frontendsOf(state);
    for (const { key } of before === undefined ? [] : frontendsOf(before)) {
      if (!frontends.some((frontend) => frontend.key === key)) {
        this.#owners.release(key, state.key);
      }
    }
    for (const { key } of frontends) this.#owners.claim(key, state.key);
  }

  /** Whether all that a port needs, or needed, may be too much for the rest of a transaction. */
  isLarge(key: string): boolean {
    const count = ({ cluster, local, externalIPs, loadBalancerIPs }: ServicePortState): number =>
      (cluster.length + local.length) * (2 + externalIPs.length + loadBalancerIPs.length);
    const [state, before] = [this.#states.get(key), this.#planned.get(key)?.state];
    return (state ? count(state) : 0) + (before ? count(before) : 0) > mostElements;
  }

  /** Writes what changes for one port. */
  write(key: string, batch: PortBatch): void {
    const before = this.#planned.get(key);
    const state = this.#states.get(key);
    const after = state && this.#plan(state, before);
    if (before !== undefined && this.#lists.leave(before, after)) this.hasForgotten = true;
    if (after === undefined) this.#planned.delete(key);
    else this.#planned.set(key, after);

    const old = new Map<string, Element>();
    if (before !== undefined) {
      visitElements(before, this.#nodeIPs, (collection, elementKey, data, comment) => {
        old.set(`${collection} ${elementKey}`, { collection, key: elementKey, data, comment });
      });
    }
    if (after !== undefined) {
      visitElements(after, this.#nodeIPs, (collection, elementKey, data, comment) => {
        const id = `${collection} ${elementKey}`;
        const existing = old.get(id);
        if (existing !== undefined) {
          old.delete(id);
          if (existing.data === data && existing.comment === comment) return;
          this.#remove(existing, batch);
        }
        this.#add(collection, elementKey, data, comment, batch);
      });
    }
    for (const element of old.values()) this.#remove(element, batch);
  }

  /** Begins to compare all ports with what was found: nothing is known any more. */
  forgetKernel(): void {
    this.#planned.clear();
    this.#lists.clear();
    for (const shares of this.#shares.values()) shares.clear();
  }

  get keys(): IterableIterator<string> {
    return this.#states.keys();
  }

  /** The keys of `firewall-allowed`, all of them. */
  allowedKeys(): Set<string> {
    const keys = new Set<string>();
    for (const state of this.#states.values()) {
      const sources = allowedSources(state, this.#nodeIPs) ?? [];
      if (sources.length === 0) continue;
      for (const { key, kind } of this.#frontends(state)) {
        if (kind === 'loadBalancer') for (const source of sources) keys.add(`${key} . ${source}`);
      }
    }
    return keys;
  }

  /** Keeps the ids of ClientIP affinity that were found, before any new one is given out. */
  adoptIds(found: Found): void {
    for (const state of this.#states.values()) {
      if (state.affinitySeconds === 0) continue;
      const lists = this.#lists.adopt(state, this.#frontends(state), found);
      this.#planned.set(state.key, { state, frontends: [], ...lists });
    }
  }

  /** Compares one port with what was found, and takes it out of that. */
  compare(key: string, found: Found, batch: PortBatch): void {
    const state = this.#states.get(key);
    if (state === undefined) return;
    const adopted = this.#planned.get(key);
    const before = foundLists(state, this.#frontends(state), found, adopted);
    const after = this.#plan(state, before);
    this.#planned.set(key, after);
    visitElements(after, this.#nodeIPs, (collection, elementKey, data, comment) => {
      if (!this.#share(collection, elementKey)) return;
      this.#chains.use(data, batch, true);
      const listed = found.get(collection);
      const existing = listed?.get(elementKey);
      if (existing !== undefined) {
        listed?.delete(elementKey);
        if (existing.data === data && existing.comment === comment) return;
        batch.delete(collection, elementKey);
      }
      batch.add(collection, elementKey, data, comment);
    });
  }

  #plan(state: ServicePortState, before: PolicyLists | undefined): PlannedPort {
    return { state, frontends: this.#frontends(state), ...this.#lists.plan(state, before) };
  }

  #frontends(state: ServicePort): Frontend[] {
    return frontendsOf(state).filter(({ key }) => this.#owners.ownerOf(key) === state.key);
  }

  #add(
    collection: CollectionName,
    key: string,
    data: string,
    comment: string,
    batch: PortBatch,
  ): void {
    if (!this.#share(collection, key)) return;
    this.#chains.use(data, batch, false);
    batch.add(collection, key, data, comment);
  }

  #remove({ collection, key, data }: Element, batch: PortBatch): void {
    const shares = this.#shares.get(collection);
    if (shares !== undefined) {
      const left = (shares.get(key) ?? 1) - 1;
      if (left > 0) {
        shares.set(key, left);
        return;
      }
      shares.delete(key);
    }
    this.#chains.leave(data);
    batch.delete(collection, key);
  }

  /** Counts who names an element; false if it is there already. */
  #share(collection: CollectionName, key: string): boolean {
    const shares = this.#shares.get(collection);
    if (shares === undefined) return true;
    const count = shares.get(key) ?? 0;
    shares.set(key, count + 1);
    return count === 0;
  }
}
