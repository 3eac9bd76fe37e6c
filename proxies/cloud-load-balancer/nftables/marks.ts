/**
 * How the kernel calls nodes: by a mark on the packet, of each family its own. In `VIP`, policy routing sends packets
 * of that mark to the node; in `Proxy`, a map gives the node's address.
 */
import type { Forwarding, Target } from '../forwarding.ts';

export interface NodeMark {
  readonly mark: number;
  readonly mode: Forwarding['mode'];
  readonly target: Target;
  /** The interface that leads to it; null in `Proxy`, where that is the routing's own affair. */
  readonly device: string | null;
}

/** The upper half of all our marks. */
const firstMark = { Proxy: 0xc1b0_0000, VIP: 0xc1b1_0000 } as const;
const marksPerMode = 0x1_0000;
/** Nodes that are nobody's target any more: connections to them go on. */
const mostLeft = 64;

export function markText(mark: number): string {
  return `0x${mark.toString(16)}`;
}

/** The nodes of one family that have a mark. */
export class NodeMarks {
  readonly #known = new Map<string, { readonly node: NodeMark; uses: number }>();
  /** By key, the longest left first. */
  readonly #left = new Set<string>();
  readonly #taken = new Set<number>();
  #next = 1;

  all(): readonly NodeMark[] {
    return [...this.#known.values()].map(({ node }) => node);
  }

  /** Gives it a mark, or another use of the one that it has. */
  use(target: Target, mode: Forwarding['mode'], device: string | null): NodeMark {
    const key = keyOf(target, mode, device);
    const known = this.#known.get(key);
    this.#left.delete(key);
    if (known) {
      known.uses += 1;
      return known.node;
    }
    const node = { mark: this.#newMark(mode), mode, target, device };
    this.#known.set(key, { node, uses: 1 });
    return node;
  }

  /** In `VIP` it stays known for a while: connections that live still go to it. */
  leave({ target, mode, device }: NodeMark): void {
    const key = keyOf(target, mode, device);
    const known = this.#known.get(key);
    if (!known) return;
    known.uses -= 1;
    if (known.uses > 0) return;
    this.#left.add(key);
    const isAnyUsed = [...this.#known.values()].some(
      ({ node, uses }) => uses > 0 && node.mode === 'VIP',
    );
    for (const each of this.#left) {
      const left = this.#known.get(each);
      const isKept = left?.node.mode === 'VIP' && isAnyUsed && this.#left.size <= mostLeft;
      if (!isKept) this.#forget(each);
    }
  }

  #forget(key: string): void {
    const known = this.#known.get(key);
    if (known) this.#taken.delete(known.node.mark);
    this.#known.delete(key);
    this.#left.delete(key);
  }

  /** As late as can be one that was somebody else's: flows may still have it. */
  #newMark(mode: Forwarding['mode']): number {
    for (let tries = 1; tries < marksPerMode; tries += 1) {
      const mark = firstMark[mode] + this.#next;
      this.#next = (this.#next % (marksPerMode - 1)) + 1;
      if (this.#taken.has(mark)) continue;
      this.#taken.add(mark);
      return mark;
    }
    throw new Error(`nftables: more than ${marksPerMode - 1} nodes`);
  }
}

function keyOf({ address }: Target, mode: string, device: string | null): string {
  return `${mode} ${address} ${device ?? ''}`;
}
