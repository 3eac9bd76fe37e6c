/** The store in the memory of one process. */
import { createHistory } from './history.ts';
import type { Change, Entry, ListRequest, Store, Unavailable, WatchRequest } from './store.ts';

export interface MemoryStoreOptions {
  /** How many changes are kept for watches to resume from. */
  readonly historyLimit?: number;
}

/** An empty store. Its first write has revision 2, as in a cluster whose etcd was just made. */
export function createMemoryStore<Value>(options: MemoryStoreOptions = {}): Store<Value> {
  const entries = new Map<string, Entry<Value>>();
  const history = createHistory<Value>(options.historyLimit ?? 10_000);
  const watches = new Set<WatchRequest<Value>>();
  let revision = 1;
  /** The keys in order; made anew after a key was added or removed. */
  let sortedKeys: string[] | undefined = [];

  const commit = (change: Change<Value>) => {
    revision = change.revision;
    if (change.type === 'put') entries.set(change.entry.key, change.entry);
    else entries.delete(change.entry.key);
    if (change.type === 'delete' || change.previous === undefined) sortedKeys = undefined;
    history.add(change);
    for (const watch of watches) {
      if (change.entry.key.startsWith(watch.prefix)) watch.onChange(change);
    }
    return { result: 'written', entry: change.entry } as const;
  };

  const put = (key: string, value: Value) => {
    const entry = { key, value, revision: revision + 1 };
    return commit({ type: 'put', revision: entry.revision, entry, previous: entries.get(key) });
  };

  const keysFrom = (prefix: string, after: string | undefined): readonly string[] => {
    sortedKeys ??= [...entries.keys()].sort();
    const start = firstIndex(sortedKeys, (key) =>
      after === undefined ? key >= prefix : key > after,
    );
    const length = firstIndex(sortedKeys, (key) => key >= prefix && !key.startsWith(prefix));
    return sortedKeys.slice(start, length);
  };

  const unavailable = (at: number): Unavailable | undefined => {
    const compactedRevision = history.compactedRevision();
    if (at < compactedRevision) return { result: 'compacted', revision, compactedRevision };
    if (at > revision) return { result: 'future', revision, compactedRevision };
    return undefined;
  };

  const list = (request: ListRequest): readonly Entry<Value>[] => {
    const now = keysFrom(request.prefix, request.after).flatMap((key) => entries.get(key) ?? []);
    if (request.revision === undefined || request.revision === revision) return now;
    return history.rewind(now, request.revision, request.prefix, request.after);
  };

  return {
    currentRevision: async () => revision,

    get: async (key) => entries.get(key),

    list: async (request) => {
      const missing = request.revision === undefined ? undefined : unavailable(request.revision);
      if (missing) return missing;
      const all = list(request);
      const page = request.limit === undefined ? all : all.slice(0, request.limit);
      return {
        result: 'page',
        entries: page,
        revision: request.revision ?? revision,
        remaining: all.length - page.length,
      };
    },

    create: async (key, value) => {
      const existing = entries.get(key);
      return existing ? { result: 'exists', entry: existing } : put(key, value);
    },

    update: async (key, value, overRevision) => {
      const existing = entries.get(key);
      if (!existing) return { result: 'missing' };
      if (existing.revision !== overRevision) return { result: 'conflict', entry: existing };
      return put(key, value);
    },

    delete: async (key, atRevision) => {
      const previous = entries.get(key);
      if (!previous) return { result: 'missing' };
      if (previous.revision !== atRevision) return { result: 'conflict', entry: previous };
      const entry = { ...previous, revision: revision + 1 };
      return commit({ type: 'delete', revision: entry.revision, entry, previous });
    },

    watch: async (request) => {
      const missing = unavailable(request.after);
      if (missing?.result === 'compacted') return missing;
      const { missed, release } = holdBack(request);
      missed.push(
        ...history
          .since(request.after)
          .filter((change) => change.entry.key.startsWith(request.prefix)),
      );
      const own: WatchRequest<Value> = { ...request, onChange: release };
      watches.add(own);
      return { result: 'watching', stop: () => watches.delete(own) };
    },

    compact: async (upTo) => history.compact(Math.min(upTo, revision)),

    [Symbol.asyncDispose]: async () => {
      watches.clear();
    },
  };
}

/**
 * Hands over what was missed only once `watch` has returned to its caller, and what happens meanwhile
 * after it.
 */
function holdBack<Value>(watch: WatchRequest<Value>) {
  const missed: Change<Value>[] = [];
  let isReleased = false;
  setImmediate(() => {
    isReleased = true;
    for (const change of missed.splice(0)) watch.onChange(change);
  });
  const release = (change: Change<Value>) => {
    if (change.revision <= watch.after) return;
    if (isReleased) watch.onChange(change);
    else missed.push(change);
  };
  return { missed, release };
}

/** The first index whose key satisfies the condition, by halving; the length where none does. */
function firstIndex(keys: readonly string[], isPast: (key: string) => boolean): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const key = keys[middle];
    if (key !== undefined && isPast(key)) high = middle;
    else low = middle + 1;
  }
  return low;
}
