/** Which shared chains are in the kernel, and how many elements lead to each. */
import type { NftFamily } from '../../kit/nftables/model.ts';
import type { NftWriter } from '../../kit/nftables/write.ts';
import type { PortBatch } from './large-port.ts';
import { sharedChain, sharedChainOf, withNeededChains } from './shared-chains.ts';

interface Use {
  elements: number;
  /** When the last element went, by the dataplane's clock. */
  idleSinceMs: number;
}

/** Kernels before 6.2 learn late that nothing leads to a chain any more. */
const restMs = 1000;

export class SharedChainUses {
  readonly #family: NftFamily;
  readonly #writer: NftWriter;
  readonly #now: () => number;
  readonly #uses = new Map<string, Use>();

  constructor(family: NftFamily, writer: NftWriter, now: () => number) {
    this.#family = family;
    this.#writer = writer;
    this.#now = now;
  }

  /** An element with this verdict is added: the chain that it needs is made before. */
  use(verdict: string, batch: PortBatch, isRewritten: boolean): void {
    const name = sharedChainOf(verdict);
    if (name === null) return;
    for (const needed of withNeededChains(name)) this.#ensure(needed, batch, isRewritten);
    const use = this.#uses.get(name);
    if (use !== undefined) use.elements++;
  }

  /** An element with this verdict goes; the chain may be needed again soon, and stays. */
  leave(verdict: string): void {
    const name = sharedChainOf(verdict);
    const use = name === null ? undefined : this.#uses.get(name);
    if (use === undefined) return;
    use.elements--;
    if (use.elements === 0) use.idleSinceMs = this.#now();
  }

  clear(): void {
    this.#uses.clear();
  }

  /** Chains of before that are in the kernel: where nothing leads to them, they are deleted later. */
  found(names: Iterable<string>): void {
    for (const name of names) {
      if (!this.#uses.has(name)) this.#uses.set(name, { elements: 0, idleSinceMs: this.#now() });
    }
  }

  /** Deletes the chains that nothing led to for a while. */
  deleteIdle(batch: PortBatch): readonly string[] {
    const needed = new Set<string>();
    const idle: string[] = [];
    for (const [name, { elements, idleSinceMs }] of this.#uses) {
      if (elements === 0 && this.#now() - idleSinceMs >= restMs) idle.push(name);
      else for (const one of withNeededChains(name)) needed.add(one);
    }
    // The ones that need others come first.
    const gone = idle.filter((name) => !needed.has(name)).toSorted(byNeed);
    for (const name of gone) batch.begin(this.#writer.flushChain(name));
    for (const name of gone) batch.begin(this.#writer.deleteChain(name));
    return gone;
  }

  forget(names: readonly string[]): void {
    for (const name of names) this.#uses.delete(name);
  }

  #ensure(name: string, batch: PortBatch, isRewritten: boolean): void {
    if (this.#uses.has(name)) return;
    this.#uses.set(name, { elements: 0, idleSinceMs: this.#now() });
    const chain = sharedChain(this.#family, name);
    batch.begin(this.#writer.addChain(chain));
    if (isRewritten) batch.begin(this.#writer.flushChain(name));
    batch.begin(...chain.rules.map((rule) => this.#writer.addRule(name, rule)));
  }
}

function byNeed(a: string, b: string): number {
  return withNeededChains(b).length - withNeededChains(a).length;
}
