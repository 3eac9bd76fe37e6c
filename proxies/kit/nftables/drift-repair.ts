/**
 * When what somebody else changed is repaired: at once after a quiet time, more and more seldom while it goes on.
 * Two proxies of one kind on one machine would else write over each other without end.
 */
import type { Clock } from '../clock.ts';

export interface DriftRepairOptions {
  /** Asks for a full sync. */
  readonly repair: () => void;
  /** The longest pause between two repairs. */
  readonly maxPauseMs: number;
  readonly clock: Pick<Clock, 'now' | 'after'>;
  /** Whose the rules are: `kube-proxy`. */
  readonly owner: string;
  /** Whether it is there twice: `Does another kube-proxy run on this node?` */
  readonly question: string;
  readonly warn: (text: string) => void;
}

export interface DriftRepair extends Disposable {
  /** @param who changed it: `nft[4711]` */
  drifted(who: string): void;
}

const firstPauseMs = 1000;

export function createDriftRepair(options: DriftRepairOptions): DriftRepair {
  const { clock, maxPauseMs, repair, warn, owner, question } = options;
  /** Between the last repair and the next. */
  let pauseMs = 0;
  let repairedAt = -Infinity;
  let waiting: Disposable | undefined;

  const begin = () => {
    waiting = undefined;
    repairedAt = clock.now();
    repair();
  };

  return {
    drifted: (who) => {
      if (waiting) return;
      const quietMs = clock.now() - repairedAt;
      if (quietMs > 2 * Math.max(pauseMs, firstPauseMs)) {
        pauseMs = 0;
        warn(`${who} changed what is ${owner}'s: everything is compared and repaired`);
        begin();
        return;
      }
      pauseMs = Math.min(Math.max(2 * pauseMs, firstPauseMs), maxPauseMs);
      const inMs = Math.max(pauseMs - quietMs, 0);
      warn(
        `${who} changed what is ${owner}'s, again: it is repaired in ${Math.ceil(inMs / 1000)} s. ${question}`,
      );
      waiting = clock.after(inMs, begin);
    },
    [Symbol.dispose]: () => waiting?.[Symbol.dispose](),
  };
}
