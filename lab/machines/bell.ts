/** Waiting for a time, or until somebody rings. */

export interface Bell {
  /** Resolves after this time, or at the next ring. */
  wait(ms: number): Promise<void>;
  readonly ring: () => void;
}

export function createBell(): Bell {
  let wake: (() => void) | null = null;
  return {
    wait: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    ring: () => wake?.(),
  };
}
