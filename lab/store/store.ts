/**
 * Where the objects are: revisions, optimistic concurrency, and a history that watches resume from.
 *
 * The contract is asynchronous and its values are plain JSON, so that the store can stand in a process
 * of its own, with several apiservers in front of it (`remote-store.ts`). Where it does, every method
 * may reject with a `StoreTimeoutError`.
 */

/** A value as it was written at a revision. Never changed in place. */
export interface Entry<Value> {
  readonly key: string;
  readonly value: Value;
  /** The revision of the write that made it: the object's `resourceVersion`. */
  readonly revision: number;
  /** The value as JSON, where the store has it so. */
  readonly text?: string;
}

/** One write, as a watch sees it. */
export type Change<Value> =
  | {
      readonly type: 'put';
      readonly revision: number;
      readonly entry: Entry<Value>;
      /** What stood there before; absent where the key was new. */
      readonly previous: Entry<Value> | undefined;
    }
  | {
      readonly type: 'delete';
      readonly revision: number;
      /** What was deleted, at the revision of the deletion. */
      readonly entry: Entry<Value>;
      readonly previous: Entry<Value>;
    };

/** What a write came to. Refusals are values: a conflict is an answer, not an accident. */
export type Write<Value> =
  | { readonly result: 'written'; readonly entry: Entry<Value> }
  | { readonly result: 'exists' | 'conflict'; readonly entry: Entry<Value> }
  | { readonly result: 'missing' };

export interface Page<Value> {
  readonly result: 'page';
  readonly entries: readonly Entry<Value>[];
  /** The revision that the page shows. */
  readonly revision: number;
  /** How many entries follow the page. */
  readonly remaining: number;
}

/** The revision asked for is no longer (compacted) or not yet (future) to be had. */
export interface Unavailable {
  readonly result: 'compacted' | 'future';
  readonly revision: number;
  readonly compactedRevision: number;
}

/** How fresh a read has to be: absent, it shows every write that was answered before it began. */
export interface Freshness {
  /** What is at hand will do, once it has this revision; with 0, whatever it is. */
  readonly notOlderThan?: number;
}

export interface ListRequest extends Freshness {
  /** All keys that start so. */
  readonly prefix: string;
  /** At most so many; absent: all. */
  readonly limit?: number;
  /** Keys after this one. */
  readonly after?: string;
  /** As it was at this revision; absent: now. */
  readonly revision?: number;
}

export interface WatchRequest<Value> {
  /** All keys that start so; ends with `/`. */
  readonly prefix: string;
  /** Changes after this revision. */
  readonly after: number;
  /** Called once per change, in order of revision, never before `watch` has returned. */
  onChange(change: Change<Value>): void;
  /** The history that the watch had yet to see has been forgotten: it is over. */
  onExpired?(compactedRevision: number): void;
}

/** A watch that runs. While it is paused it costs nothing: the history keeps its place. */
export interface RunningWatch {
  readonly result: 'watching';
  /** Whoever watches cannot take more: holds back the changes that follow. */
  pause(): void;
  /** Goes on where it paused, or expires where that has been forgotten. */
  resume(): void;
  /** Every change up to this revision has been shown. */
  revision(): number;
  stop(): void;
}

export type Watch = RunningWatch | Unavailable;

/** The store did not answer in time, or was lost before it did: a write may have happened or not. */
export class StoreTimeoutError extends Error {
  override readonly name = 'StoreTimeoutError';
}

export interface Store<Value> extends AsyncDisposable {
  /** Whether it answers. */
  isReady(): boolean;
  /** The revision of the last write. */
  currentRevision(): Promise<number>;
  get(key: string, freshness?: Freshness): Promise<Entry<Value> | undefined>;
  list(request: ListRequest): Promise<Page<Value> | Unavailable>;
  create(key: string, value: Value): Promise<Write<Value>>;
  /** Writes only over the revision given. */
  update(key: string, value: Value, overRevision: number): Promise<Write<Value>>;
  /** Deletes only at the revision given. `entry` is what was deleted, at the revision of the deletion. */
  delete(key: string, atRevision: number): Promise<Write<Value>>;
  watch(request: WatchRequest<Value>): Promise<Watch>;
  /** Forgets the history up to and including this revision. */
  compact(revision: number): Promise<void>;
}
