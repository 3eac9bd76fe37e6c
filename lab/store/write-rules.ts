/** Whether a write may happen: optimistic concurrency, the same in every store. */
import type { Ledger } from './ledger.ts';
import type { Change, Entry } from './store.ts';

/** What a write asks for. `at`: the revision that must stand there. */
export type WriteRequest<Value> =
  | { readonly verb: 'create'; readonly key: string; readonly value: Value }
  | {
      readonly verb: 'update';
      readonly key: string;
      readonly value: Value;
      readonly at: number;
    }
  | { readonly verb: 'delete'; readonly key: string; readonly at: number };

export type Outcome<Value> =
  | { readonly result: 'written'; readonly change: Change<Value> }
  | { readonly result: 'exists' | 'conflict'; readonly entry: Entry<Value> }
  | { readonly result: 'missing' };

/** Writes into the ledger at its next revision, or says why not. */
export function write<Value>(ledger: Ledger<Value>, request: WriteRequest<Value>): Outcome<Value> {
  const { key } = request;
  const revision = ledger.revision() + 1;
  const existing = ledger.get(key);
  if (request.verb === 'create') {
    if (existing) return { result: 'exists', entry: existing };
    return { result: 'written', change: ledger.put({ key, value: request.value, revision }) };
  }
  if (!existing) return { result: 'missing' };
  if (existing.revision !== request.at) return { result: 'conflict', entry: existing };
  const change =
    request.verb === 'update'
      ? ledger.put({ key, value: request.value, revision })
      : ledger.delete(key, revision);
  return change ? { result: 'written', change } : { result: 'missing' };
}
