/**
 * Where the objects are: revisions, optimistic concurrency, and a history that watches resume from.
 *
 * The contract is asynchronous and its values are plain JSON, so that the store can stand in a process
 * of its own, with several apiservers in front of it.
 */

/** A value as it was written at a revision. Never changed in place. */
export interface Entry<Value> {
  readonly key: string;
  readonly value: Value;
  /** The revision of the write that made it: the object's `resourceVersion`. */
  readonly revision: number;
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

export interface ListRequest {
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
  readonly prefix: string;
  /** Changes after this revision. */
  readonly after: number;
  /** Called once per change, in order of revision, never before `watch` has returned. */
  onChange(change: Change<Value>): void;
}

export type Watch = { readonly result: 'watching'; stop(): void } | Unavailable;

export interface Store<Value> extends AsyncDisposable {
  /** The revision of the last write. */
  currentRevision(): Promise<number>;
  get(key: string): Promise<Entry<Value> | undefined>;
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
