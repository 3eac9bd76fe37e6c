/** Whom a client is sent to, and whom next when that one does not answer. */
import { dealSlots, slotOf } from '../slots.ts';
import type { NodePort } from './door.ts';

export class Dealer {
  readonly targets: readonly NodePort[];
  private readonly isSticky: boolean;
  /** Dealt when they are first asked for. */
  private slots: readonly number[] | null = null;

  constructor(targets: readonly NodePort[], isSticky: boolean) {
    this.targets = targets;
    this.isSticky = isSticky;
  }

  has({ node, address, port }: NodePort): boolean {
    return this.targets.some(
      (one) => one.node === node && one.address === address && one.port === port,
    );
  }

  /**
   * All of them, each once, the client's own first.
   *
   * @param client its address
   */
  order(client: string): readonly NodePort[] {
    const place = this.place(client);
    return [...this.targets.slice(place), ...this.targets.slice(0, place)];
  }

  /** Without affinity any, all alike; with it the one that has the slot of the client's address. */
  private place(client: string): number {
    if (!this.isSticky) return Math.floor(Math.random() * this.targets.length);
    this.slots ??= dealSlots(this.targets.map(({ node }) => node));
    return this.slots[slotOf(client)] ?? 0;
  }
}
