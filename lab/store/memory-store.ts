/** The store in the memory of one process. */
import { createLedger } from './ledger.ts';
import type { Store, Write } from './store.ts';
import { write, type WriteRequest } from './write-rules.ts';

export interface MemoryStoreOptions {
  /** How many changes are kept at least for watches to resume from. */
  readonly historyLimit?: number;
}

/** An empty store. Its first write has revision 2, as in a cluster whose etcd was just made. */
export function createMemoryStore<Value>(options: MemoryStoreOptions = {}): Store<Value> {
  const ledger = createLedger<Value>({ changes: options.historyLimit ?? 5000 });

  const commit = async (request: WriteRequest<Value>): Promise<Write<Value>> => {
    const outcome = write(ledger, request);
    return outcome.result === 'written'
      ? { result: 'written', entry: outcome.change.entry }
      : outcome;
  };

  return {
    isReady: () => true,
    currentRevision: async () => ledger.revision(),
    get: async (key) => ledger.get(key),
    list: async (request) => ledger.list(request),
    create: (key, value) => commit({ verb: 'create', key, value }),
    update: (key, value, at) => commit({ verb: 'update', key, value, at }),
    delete: (key, at) => commit({ verb: 'delete', key, at }),
    watch: async (request) => ledger.watch(request),
    compact: async (upTo) => ledger.compact(upTo),
    [Symbol.asyncDispose]: async () => ledger.close(),
  };
}
