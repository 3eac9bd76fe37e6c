/** The last changes, in order: what a watch resumes from, and what brings back an older list. */
import type { Change, Entry } from './store.ts';

export interface History<Value> {
  add(change: Change<Value>): void;
  /** The changes after a revision, in order. */
  since(revision: number): readonly Change<Value>[];
  /** The entries as they were at an older revision, by undoing what came after it. */
  rewind(
    now: readonly Entry<Value>[],
    revision: number,
    prefix: string,
    after: string | undefined,
  ): readonly Entry<Value>[];
  /** Changes up to and including this revision are forgotten. */
  compactedRevision(): number;
  compact(revision: number): void;
}

/** A history that forgets its oldest changes beyond `limit`. */
export function createHistory<Value>(limit: number): History<Value> {
  let changes: Change<Value>[] = [];
  let compacted = 0;

  const indexAfter = (revision: number) => {
    let low = 0;
    let high = changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((changes[middle]?.revision ?? Infinity) > revision) high = middle;
      else low = middle + 1;
    }
    return low;
  };

  const compact = (revision: number) => {
    changes = changes.slice(indexAfter(revision));
    compacted = Math.max(compacted, revision);
  };

  const since = (revision: number) => changes.slice(indexAfter(revision));

  return {
    add: (change) => {
      changes.push(change);
      // Twice the limit, then half of it at once: forgetting costs nothing per change.
      const oldest = changes[changes.length - limit - 1];
      if (changes.length >= 2 * limit && oldest) compact(oldest.revision);
    },
    since,
    rewind: (now, revision, prefix, after) => {
      const entries = new Map(now.map((entry) => [entry.key, entry]));
      for (const { entry, previous } of since(revision).toReversed()) {
        if (!entry.key.startsWith(prefix) || (after !== undefined && entry.key <= after)) continue;
        if (previous) entries.set(entry.key, previous);
        else entries.delete(entry.key);
      }
      return [...entries.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
    },
    compactedRevision: () => compacted,
    compact,
  };
}
