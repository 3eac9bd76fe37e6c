/**
 * Entries, history and watches: what a store knows, wherever it stands. The memory store writes into
 * one, the store process keeps one of texts, and every apiserver mirrors that into one of its own.
 */
import { atRevision } from './entry.ts';
import { createHistory, type HistoryLimit } from './history.ts';
import { createSortedKeys } from './sorted-keys.ts';
import type {
  Change,
  Entry,
  ListRequest,
  Page,
  Unavailable,
  Watch,
  WatchRequest,
} from './store.ts';
import { createWatches } from './watches.ts';

export interface Ledger<Value> {
  revision(): number;
  compactedRevision(): number;
  get(key: string): Entry<Value> | undefined;
  list(request: ListRequest): Page<Value> | Unavailable;
  watch(request: WatchRequest<Value>): Watch;
  /** Records a write of a greater revision, and tells the watches. */
  put(entry: Entry<Value>): Change<Value>;
  /** Records the deletion of a key that is there; undefined where it is not. */
  delete(key: string, revision: number): Change<Value> | undefined;
  compact(revision: number): void;
  /** The changes after a revision. */
  since(revision: number): readonly Change<Value>[];
  /** The entries as they were where the history begins, in order of their keys. */
  base(): readonly Entry<Value>[];
  /** Begins anew from these entries, as they are at a revision. Every watch expires. */
  reset(revision: number, entries: readonly Entry<Value>[]): void;
  /** Drops all watches without a word. */
  close(): void;
}

/** Of an empty store, as in a cluster whose etcd was just made. */
const firstRevision = 1;

export function createLedger<Value>(limit: HistoryLimit<Value>): Ledger<Value> {
  let revision = firstRevision;
  const entries = new Map<string, Entry<Value>>();
  const keys = createSortedKeys();
  const history = createHistory<Value>(limit);
  const watches = createWatches<Value>(history, () => revision);

  const record = (change: Change<Value>) => {
    revision = change.revision;
    const compacted = history.compactedRevision();
    history.add(change);
    if (history.compactedRevision() > compacted) watches.expireForgotten();
    watches.tell(change);
    return change;
  };

  const entriesFrom = (prefix: string, after?: string) =>
    keys.from(prefix, after).flatMap((key) => entries.get(key) ?? []);

  const unavailable = (at: number): Unavailable | undefined => {
    const compactedRevision = history.compactedRevision();
    if (at < compactedRevision) return { result: 'compacted', revision, compactedRevision };
    if (at > revision) return { result: 'future', revision, compactedRevision };
    return undefined;
  };

  return {
    revision: () => revision,
    compactedRevision: () => history.compactedRevision(),
    get: (key) => entries.get(key),

    list: (request) => {
      const at = request.revision ?? Math.max(revision, request.notOlderThan ?? 0);
      const missing = unavailable(at);
      if (missing) return missing;
      const now = entriesFrom(request.prefix, request.after);
      const all = at === revision ? now : history.rewind(now, at, request.prefix, request.after);
      const page = request.limit === undefined ? all : all.slice(0, request.limit);
      return { result: 'page', entries: page, revision: at, remaining: all.length - page.length };
    },

    watch: (request) => {
      const missing = unavailable(request.after);
      return missing?.result === 'compacted' ? missing : watches.start(request);
    },

    put: (entry) => {
      const previous = entries.get(entry.key);
      entries.set(entry.key, entry);
      if (!previous) keys.add(entry.key);
      return record({ type: 'put', revision: entry.revision, entry, previous });
    },

    delete: (key, at) => {
      const previous = entries.get(key);
      if (!previous) return undefined;
      entries.delete(key);
      keys.delete(key);
      const entry = atRevision(previous, at);
      return record({ type: 'delete', revision: at, entry, previous });
    },

    compact: (upTo) => {
      history.compact(Math.min(upTo, revision));
      watches.expireForgotten();
    },

    since: (after) => history.since(after),
    base: () => history.rewind(entriesFrom(''), history.compactedRevision(), '', undefined),

    reset: (at, from) => {
      revision = Math.max(at, firstRevision);
      entries.clear();
      for (const entry of from) entries.set(entry.key, entry);
      keys.reset(entries.keys());
      history.reset(at);
      watches.expireAll();
    },

    close: () => watches.clear(),
  };
}
