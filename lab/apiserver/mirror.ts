/** A part of the store, followed: for decisions that cannot wait for the store. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiChange, ApiEntry, ApiStore } from './registry.ts';

export interface Mirror extends AsyncDisposable {
  /** Resolves when it shows what is there. */
  readonly synced: Promise<void>;
  /** By key. */
  readonly entries: ReadonlyMap<string, ApiEntry>;
  isSynced(): boolean;
}

/** How long to wait before a store that did not answer is asked again. */
const retryMs = 250;

/** Follows all keys that start so. `onChange` is told of every key that is set, changed or gone. */
export function mirror(
  store: ApiStore,
  prefix: string,
  onChange: (key: string, entry: ApiEntry | undefined) => void = () => undefined,
): Mirror {
  const entries = new Map<string, ApiEntry>();
  const ending = new AbortController();
  const { promise: synced, resolve: settle } = Promise.withResolvers<undefined>();
  let isSynced = false;
  let stop = () => undefined as unknown;

  const put = (key: string, entry: ApiEntry | undefined) => {
    if (entry) entries.set(key, entry);
    else entries.delete(key);
    onChange(key, entry);
  };

  const apply = (change: ApiChange) => {
    put(change.entry.key, change.type === 'put' ? change.entry : undefined);
  };

  /** Lists what is there and follows from there; false where the store cannot say now. */
  const follow = async (): Promise<boolean> => {
    const page = await store.list({ prefix });
    if (page.result !== 'page') return false;
    const found = new Map(page.entries.map((entry) => [entry.key, entry]));
    for (const key of [...entries.keys()]) if (!found.has(key)) put(key, undefined);
    for (const [key, entry] of found) {
      if (entries.get(key)?.revision !== entry.revision) put(key, entry);
    }
    const watch = await store.watch({
      prefix,
      after: page.revision,
      onChange: apply,
      onExpired: () => void keepUp(),
    });
    if (watch.result !== 'watching') return false;
    stop = () => watch.stop();
    if (ending.signal.aborted) watch.stop();
    isSynced = true;
    settle(undefined);
    return true;
  };

  const keepUp = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      if (await follow().catch(() => false)) return;
      await delay(retryMs, undefined, { signal: ending.signal, ref: false }).catch(() => undefined);
    }
  };
  void keepUp();

  return {
    synced,
    entries,
    isSynced: () => isSynced,
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      stop();
    },
  };
}
