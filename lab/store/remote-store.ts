/**
 * The store process as an apiserver sees it: reads and watches are served from a mirror, writes go to
 * the store. Reads are consistent: each asks the store for its revision, and since answers come in one
 * order with the changes, the mirror has that revision when the answer is read.
 *
 * While the store is away, watches stay open and go on where they were when it is back; reads and writes
 * wait for it, and reject with etcd's words when they have waited too long. A write that was sent and
 * not answered is never sent again, and never called a success.
 */
import type { Ledger } from './ledger.ts';
import { createLink } from './link.ts';
import { createMirror } from './mirror.ts';
import { formatRecord, type StoreRecord } from './record.ts';
import type { Change, Freshness, Store, Write } from './store.ts';

export interface RemoteStoreOptions {
  /** How long a read or a write waits for the store; 7 s unless told otherwise, as etcd's do. */
  readonly timeoutMs?: number;
  log?(line: string): void;
}

export interface RemoteStore<Value> extends Store<Value> {
  /** Resolves when the mirror has been filled for the first time. */
  readonly synced: Promise<void>;
}

/** Follows the store at an address (`address.ts`); returns at once, and connects by itself. */
export function connectStore<Value>(
  address: string,
  options: RemoteStoreOptions = {},
): RemoteStore<Value> {
  const { timeoutMs = 7000 } = options;
  const mirror = createMirror<Value>();
  const { ledger } = mirror;
  const { promise: synced, resolve: onSynced } = Promise.withResolvers<undefined>();
  let isSynced = false;
  let lastChange: Change<Value> | undefined;
  let nextSync: Promise<number> | undefined;

  const link = createLink({
    address,
    timeoutMs,
    log: (line) => options.log?.(line),
    greeting: () => {
      const { identity, revision } = mirror.position();
      return formatRecord('follow', revision, identity);
    },
    onRecord: (record) => {
      lastChange = mirror.apply(record) ?? lastChange;
      if (record.word !== 'live') return;
      isSynced = true;
      onSynced(undefined);
    },
  });

  /** Waits until the mirror has all that was written before now. One question per turn of the loop. */
  const sync = async (): Promise<number> => {
    if (nextSync) return nextSync;
    const { promise, resolve } = Promise.withResolvers<number>();
    nextSync = promise;
    setImmediate(() => {
      nextSync = undefined;
      const question = formatRecord('revision', 0);
      resolve(link.request({ text: question, isRepeatable: true, onAnswer: revisionOf }));
    });
    return promise;
  };

  const refresh = async ({ notOlderThan }: Freshness = {}): Promise<void> => {
    const isFresh = notOlderThan !== undefined && notOlderThan <= ledger.revision();
    if (!isFresh || !isSynced) await sync();
  };

  const write = async (
    word: 'create' | 'update' | 'delete',
    key: string,
    at: number,
    value?: Value,
  ): Promise<Write<Value>> =>
    link.request({
      text: formatRecord(word, at, key, value === undefined ? '' : JSON.stringify(value)),
      isRepeatable: false,
      onAnswer: (answer) => outcomeOf(answer, key, ledger, lastChange),
    });

  return {
    synced,
    isReady: () => link.isReady(),
    currentRevision: sync,
    get: async (key, freshness) => {
      await refresh(freshness);
      return ledger.get(key);
    },
    list: async (request) => {
      await refresh(request);
      return ledger.list(request);
    },
    create: (key, value) => write('create', key, 0, value),
    update: (key, value, overRevision) => write('update', key, overRevision, value),
    delete: (key, atRevision) => write('delete', key, atRevision),
    watch: async (request) => {
      await refresh({ notOlderThan: request.after });
      return ledger.watch(request);
    },
    compact: async (revision) => {
      await link.request({
        text: formatRecord('compact', revision),
        isRepeatable: true,
        onAnswer: () => undefined,
      });
    },
    [Symbol.asyncDispose]: async () => {
      link[Symbol.dispose]();
      ledger.close();
    },
  };
}

function revisionOf({ number }: StoreRecord): number {
  return number;
}

/** What a write came to: the mirror has the change, and whatever stands in the way, already. */
function outcomeOf<Value>(
  { word, number }: StoreRecord,
  key: string,
  ledger: Ledger<Value>,
  lastChange: Change<Value> | undefined,
): Write<Value> {
  const entry = ledger.get(key);
  if (word === 'written' && lastChange?.revision === number) {
    return { result: 'written', entry: lastChange.entry };
  }
  if ((word === 'exists' || word === 'conflict') && entry) return { result: word, entry };
  if (word === 'missing') return { result: 'missing' };
  throw new Error(`the store answered "${word} ${number}" to a write of ${key}`);
}
