/** The kubelet's pauses before a container is started again: none at first, then 10 s, doubled to 5 min. */

export interface BackOffTimings {
  readonly firstMs: number;
  readonly longestMs: number;
  /** After running for so long, a crash counts as the first again. */
  readonly resetMs: number;
}

export const kubeletBackOff: BackOffTimings = {
  firstMs: 10_000,
  longestMs: 300_000,
  resetMs: 600_000,
};

export interface BackOff {
  /** The pause before the next start; each call makes the one after it longer. */
  next(): number;
  /** It ran this long: forgets the crashes if that was long enough. */
  ranFor(ms: number): void;
}

export function createBackOff({ firstMs, longestMs, resetMs }: BackOffTimings): BackOff {
  let pauseMs = 0;
  return {
    next: () => {
      const now = pauseMs;
      pauseMs = pauseMs === 0 ? firstMs : Math.min(pauseMs * 2, longestMs);
      return now;
    },
    ranFor: (ms) => {
      if (ms >= resetMs) pauseMs = 0;
    },
  };
}

/** As Go writes a duration of whole seconds: `10s`, `1m20s`, `5m0s`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
