/** Whoever wants to see the hops of the lab, and the switch that their number turns. */
import type { Hop } from '../proxies/kit/hop.ts';

export interface HopSubscription extends Disposable {
  /** Resolves when requests that begin from now on are seen. */
  readonly ready: Promise<void>;
}

export interface HopFeed {
  readonly onHop: (listener: (hop: Hop) => void) => HopSubscription;
  /** To all listeners. */
  readonly tell: (hop: Hop) => void;
  /** What to turn on with the first listener, and off with the last. */
  connect(follow: (isFollowed: boolean) => Promise<unknown>): void;
}

export function createHopFeed(): HopFeed {
  const listeners = new Set<(hop: Hop) => void>();
  let follow: (isFollowed: boolean) => Promise<unknown> = async () => undefined;
  let turned: Promise<void> = Promise.resolve();

  /** A lab that has ended tells nothing, and has nothing to be turned off. */
  const turn = (isFollowed: boolean) => {
    turned = follow(isFollowed).then(
      () => undefined,
      () => undefined,
    );
  };

  return {
    onHop: (listener) => {
      // Each subscription by itself: the same listener may be there twice.
      const own = (hop: Hop) => listener(hop);
      listeners.add(own);
      if (listeners.size === 1) turn(true);
      return {
        ready: turned,
        [Symbol.dispose]: () => {
          if (listeners.delete(own) && listeners.size === 0) turn(false);
        },
      };
    },
    tell: (hop) => {
      for (const listener of listeners) listener(hop);
    },
    connect: (next) => {
      follow = next;
    },
  };
}
