/** The last changes, in order: what a watch resumes from, and what brings back an older list. */
import type { Change, Entry } from './store.ts';

export interface History<Value> {
  /** Adds the newest change, and forgets the oldest ones where there are too many. */
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
  /** Forgets everything: the history begins after this revision. */
  reset(revision: number): void;
}

/** At least so much is kept, at most twice that: forgetting by halves costs nothing per change. */
export interface HistoryLimit<Value> {
  readonly changes: number;
  readonly bytes?: number;
  sizeBytes?(value: Value): number;
}

export function createHistory<Value>(limit: HistoryLimit<Value>): History<Value> {
  let changes: Change<Value>[] = [];
  let bytes = 0;
  let compacted = 0;
  const maxBytes = limit.bytes ?? Infinity;

  const sizeOf = ({ type, entry }: Change<Value>) =>
    type === 'put' ? (limit.sizeBytes?.(entry.value) ?? 0) : 0;

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
    const kept = indexAfter(revision);
    for (const change of changes.slice(0, kept)) bytes -= sizeOf(change);
    changes = changes.slice(kept);
    compacted = Math.max(compacted, revision);
  };

  /** The last change to forget, so that what is left is within the limit. */
  const oldestToForget = () => {
    let index = Math.max(0, changes.length - limit.changes);
    let left = bytes;
    for (const change of changes.slice(0, index)) left -= sizeOf(change);
    for (; left > maxBytes; index += 1) {
      const change = changes[index];
      if (!change) break;
      left -= sizeOf(change);
    }
    return changes[index - 1];
  };

  const since = (revision: number) => changes.slice(indexAfter(revision));

  return {
    add: (change) => {
      changes.push(change);
      bytes += sizeOf(change);
      if (changes.length < 2 * limit.changes && bytes < 2 * maxBytes) return;
      const oldest = oldestToForget();
      if (oldest) compact(oldest.revision);
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
    reset: (revision) => {
      changes = [];
      bytes = 0;
      compacted = revision;
    },
  };
}
