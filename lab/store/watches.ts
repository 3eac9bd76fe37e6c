/** The watches of a store: who is told of a change, in order, and who catches up from the history. */
import type { History } from './history.ts';
import type { Change, RunningWatch, WatchRequest } from './store.ts';

export interface Watches<Value> {
  start(request: WatchRequest<Value>): RunningWatch;
  /** Tells everybody who is up to date. The change is in the history already. */
  tell(change: Change<Value>): void;
  /** Ends the watches that still need what the history has forgotten. */
  expireForgotten(): void;
  /** Drops all of them without a word. */
  clear(): void;
  /** Ends all of them. */
  expireAll(): void;
}

/** `live`: told at once. `behind`: paused, or catching up from the history after `revision`. */
interface Watcher<Value> {
  readonly request: WatchRequest<Value>;
  state: 'live' | 'behind' | 'over';
  isPaused: boolean;
  revision: number;
}

export function createWatches<Value>(
  history: History<Value>,
  currentRevision: () => number,
): Watches<Value> {
  /** By prefix, so that a change costs its own watchers and not all there are. */
  const live = new Map<string, Set<Watcher<Value>>>();
  const behind = new Set<Watcher<Value>>();
  /** Changes made while others are being told: each waits for its turn, so that order holds. */
  const queue: Change<Value>[] = [];
  let isTelling = false;

  const leave = (watcher: Watcher<Value>) => {
    behind.delete(watcher);
    const { prefix } = watcher.request;
    const watchers = live.get(prefix);
    watchers?.delete(watcher);
    if (watchers?.size === 0) live.delete(prefix);
  };

  const end = (watcher: Watcher<Value>) => {
    leave(watcher);
    watcher.state = 'over';
  };

  const expire = (watcher: Watcher<Value>) => {
    end(watcher);
    watcher.request.onExpired?.(history.compactedRevision());
  };

  const show = (watcher: Watcher<Value>, change: Change<Value>) => {
    watcher.revision = change.revision;
    watcher.request.onChange(change);
  };

  const goLive = (watcher: Watcher<Value>) => {
    behind.delete(watcher);
    watcher.state = 'live';
    const { prefix } = watcher.request;
    const watchers = live.get(prefix) ?? new Set();
    live.set(prefix, watchers.add(watcher));
  };

  const isWaiting = (watcher: Watcher<Value>) => watcher.state !== 'behind' || watcher.isPaused;

  const catchUp = (watcher: Watcher<Value>) => {
    while (!isWaiting(watcher)) {
      if (watcher.revision < history.compactedRevision()) {
        expire(watcher);
        return;
      }
      const missed = history.since(watcher.revision);
      if (missed.length === 0) {
        goLive(watcher);
        return;
      }
      for (const change of missed) {
        if (isWaiting(watcher)) return;
        if (change.entry.key.startsWith(watcher.request.prefix)) show(watcher, change);
        else watcher.revision = change.revision;
      }
    }
  };

  const tellOne = (change: Change<Value>) => {
    for (const prefix of prefixesOf(change.entry.key)) {
      for (const watcher of live.get(prefix) ?? []) {
        // One that caught up while the change waited for its turn has seen it.
        if (watcher.revision < change.revision) show(watcher, change);
      }
    }
  };

  const all = () => [...behind, ...[...live.values()].flatMap((watchers) => [...watchers])];

  return {
    start: (request) => {
      if (!request.prefix.endsWith('/')) throw new RangeError('a watched prefix ends with "/"');
      const watcher: Watcher<Value> = {
        request,
        state: 'behind',
        isPaused: false,
        revision: request.after,
      };
      behind.add(watcher);
      // Only once `watch` has returned to its caller.
      setImmediate(catchUp, watcher);
      return {
        result: 'watching',
        pause: () => {
          if (watcher.state === 'over') return;
          watcher.isPaused = true;
          if (watcher.state === 'behind') return;
          leave(watcher);
          watcher.state = 'behind';
          behind.add(watcher);
          if (!isTelling) watcher.revision = Math.max(watcher.revision, currentRevision());
        },
        resume: () => {
          watcher.isPaused = false;
          catchUp(watcher);
        },
        // One that begins in the future has come no less far than that.
        revision: () =>
          watcher.state === 'live'
            ? Math.max(watcher.revision, currentRevision())
            : watcher.revision,
        stop: () => end(watcher),
      };
    },
    tell: (change) => {
      queue.push(change);
      if (isTelling) return;
      isTelling = true;
      try {
        for (let next = queue.shift(); next; next = queue.shift()) tellOne(next);
      } finally {
        isTelling = false;
      }
    },
    expireForgotten: () => {
      const compacted = history.compactedRevision();
      for (const watcher of behind) if (watcher.revision < compacted) expire(watcher);
    },
    expireAll: () => all().forEach(expire),
    clear: () => all().forEach(end),
  };
}

/**
 * Every prefix of a key that a watch may have.
 *
 * @example [...prefixesOf('/core/pods/a')] // ['/', '/core/', '/core/pods/']
 */
function* prefixesOf(key: string): Generator<string> {
  for (let end = key.indexOf('/'); end !== -1; end = key.indexOf('/', end + 1)) {
    yield key.slice(0, end + 1);
  }
}
