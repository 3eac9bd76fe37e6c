/** How often the list of backends was read again, and how that went. */

export type ReloadResult = 'success' | 'failure';

export interface Reloads {
  add(result: ReloadResult): void;
  readonly counts: Readonly<Record<ReloadResult, number>>;
  /** Whether the last one could be taken; true before the first. */
  readonly isGood: boolean;
}

export function createReloads(): Reloads {
  const counts = { success: 0, failure: 0 };
  let isGood = true;
  return {
    add: (result) => {
      counts[result] += 1;
      isGood = result === 'success';
    },
    counts,
    get isGood() {
      return isGood;
    },
  };
}
