/** An apiserver's copy of the store: a ledger that is filled from the store's records. */
import { lazyEntry } from './entry.ts';
import { createLedger, type Ledger } from './ledger.ts';
import type { StoreRecord } from './record.ts';
import type { Change, Entry } from './store.ts';

export interface Mirror<Value> {
  readonly ledger: Ledger<Value>;
  /** What to ask for, to go on from here: `key` is the log's identity. */
  position(): { readonly identity: string; readonly revision: number };
  /** Takes in one record; gives back the change it was, if it was one. */
  apply(record: StoreRecord): Change<Value> | undefined;
}

/** An empty one. It forgets its history when the store does. */
export function createMirror<Value>(): Mirror<Value> {
  const ledger = createLedger<Value>({ changes: Infinity });
  let identity = '';
  /** The entries of a snapshot that is on its way. */
  let base: { readonly identity: string; revision: number; entries: Entry<Value>[] } | undefined;

  const settle = () => {
    if (!base) return;
    ledger.reset(base.revision, base.entries);
    ({ identity } = base);
    base = undefined;
  };

  return {
    ledger,
    position: () => ({ identity, revision: ledger.revision() }),
    apply: ({ word, number, key, text }) => {
      switch (word) {
        case 'base':
          base = { identity: key, revision: number, entries: [] };
          return undefined;
        case 'entry':
          base?.entries.push(lazyEntry(key, number, text));
          return undefined;
        case 'put':
          settle();
          return ledger.put(lazyEntry(key, number, text));
        case 'delete':
          settle();
          return ledger.delete(key, number);
        case 'compact':
          settle();
          ledger.compact(number);
          return undefined;
        case 'live':
          settle();
          return undefined;
        default:
          throw new Error(`the store said "${word}", which no mirror knows`);
      }
    },
  };
}
