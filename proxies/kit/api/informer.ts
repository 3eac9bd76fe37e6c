/** A cache of one resource that follows the apiserver: lists, watches from there, and lists anew after 410. */
import type { ApiClient, KubeObject } from './api-client.ts';

export interface InformerOptions {
  /** The collection's path: `/api/v1/pods`, `/api/v1/namespaces/x/pods`. */
  readonly path: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly log?: (line: string) => void;
}

/** One change of the cache. `previous` is what stood there. */
export type CacheChange<T extends KubeObject> =
  | { readonly type: 'added'; readonly object: T }
  | { readonly type: 'changed'; readonly object: T; readonly previous: T }
  | { readonly type: 'deleted'; readonly object: T };

/** Never ends by itself: an apiserver that goes away is retried with growing pauses. */
export interface Informer<T extends KubeObject> extends AsyncDisposable {
  /** Resolves when the first list is in the cache and its `added` changes have been told. */
  readonly synced: Promise<void>;
  /** By `namespace/name`, or `name` where there are no namespaces. */
  get(key: string): T | undefined;
  list(): readonly T[];
  /** Called once per change, in order. Listeners added late are not told what is already there. */
  onChange(listener: (change: CacheChange<T>) => void): Disposable;
}

/** Starts it at once. */
export type StartInformer = <T extends KubeObject>(
  client: ApiClient,
  options: InformerOptions,
) => Informer<T>;
