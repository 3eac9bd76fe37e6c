/** A cache of one resource that follows the apiserver: lists, watches from there, and lists anew after 410. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient, KubeObject, RequestOptions } from './api-client.ts';
import { ApiError } from './errors.ts';
import { createWatchCache, withoutManagedFields, type WatchCache } from './watch-cache.ts';

export interface InformerOptions<T extends KubeObject = KubeObject> {
  /** The collection's path: `/api/v1/pods`, `/api/v1/namespaces/x/pods`. */
  readonly path: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly log?: (line: string) => void;
  /** What is kept of an object, `metadata` with its uid and revision among it; default: all of it. */
  readonly keep?: (object: T) => T;
  /** What of that is still needed once the listeners have been told; default: all of it. */
  readonly forget?: (object: T) => T;
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
  /** How far it has come; empty before the first list. */
  readonly resourceVersion: string;
  /** By `namespace/name`, or `name` where there are no namespaces. */
  get(key: string): T | undefined;
  list(): readonly T[];
  /** Called once per change, in order. Listeners added late are not told what is already there. */
  onChange(listener: (change: CacheChange<T>) => void): Disposable;
}

const pageSize = 500;
const firstPauseMs = 50;
const longestPauseMs = 3000;

/** Starts it at once. */
export function startInformer<T extends KubeObject>(
  client: ApiClient,
  options: InformerOptions<T>,
): Informer<T> {
  const cache = createWatchCache<T>(
    (line) => options.log?.(`${options.path}: ${line}`),
    options.keep,
    options.forget,
  );
  const synced = Promise.withResolvers<undefined>();
  const stop = new AbortController();
  const ended = run(client, options, cache, stop.signal, () => synced.resolve(undefined));
  return {
    synced: synced.promise,
    get resourceVersion() {
      return cache.resourceVersion;
    },
    get: (key) => cache.get(key),
    list: () => cache.list(),
    onChange: (listener) => cache.onChange(listener),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended;
    },
  };
}

async function run<T extends KubeObject>(
  client: ApiClient,
  options: InformerOptions<T>,
  cache: WatchCache<T>,
  signal: AbortSignal,
  onSynced: () => void,
): Promise<void> {
  let pauseMs = firstPauseMs;
  let isListed = false;
  const query = watchQuery(options);
  while (!isAborted(signal)) {
    const startedAt = performance.now();
    try {
      if (!isListed) {
        const list = await listAll<T>(client, options, signal);
        cache.replace(list.items, list.resourceVersion);
        isListed = true;
        onSynced();
      }
      const { resourceVersion } = cache;
      await client.watch<T>(options.path, { resourceVersion, signal, query }, (event) => {
        cache.apply(event);
      });
    } catch (error) {
      if (isAborted(signal)) return;
      if (isTooOld(error)) isListed = false;
      options.log?.(`${options.path}: ${error instanceof Error ? error.message : String(error)}`);
    }
    // A watch that held was no failure; one that ends at once is asked again with growing pauses.
    if (performance.now() - startedAt > longestPauseMs) pauseMs = firstPauseMs;
    await delay(pauseMs * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

/** Asked anew each time: it changes while we wait. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** The history that we need is gone, or the server's history is another: only a new list helps. */
function isTooOld(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  const isTooLarge = error.status.details?.causes?.some(
    ({ reason }) => reason === 'ResourceVersionTooLarge',
  );
  return error.code === 410 || isTooLarge === true;
}

/** Watches end after five to ten minutes, not all at once, as upstream's do. */
function watchQuery(options: Selectors): Query {
  return {
    ...selectorsOf(options),
    allowWatchBookmarks: true,
    timeoutSeconds: Math.round(300 * (1 + Math.random())),
  };
}

function selectorsOf({ labelSelector, fieldSelector }: Selectors): Query {
  return { labelSelector, fieldSelector };
}

type Selectors = Pick<InformerOptions, 'labelSelector' | 'fieldSelector'>;
type Query = NonNullable<RequestOptions['query']>;

interface ObjectList<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items?: readonly T[];
}

interface WholeList<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

async function listAll<T extends KubeObject>(
  client: ApiClient,
  options: InformerOptions<T>,
  signal: AbortSignal,
): Promise<WholeList<T>> {
  const { keep = withoutManagedFields } = options;
  const items: T[] = [];
  let token: string | undefined;
  for (;;) {
    const query = { ...selectorsOf(options), limit: pageSize, continue: token };
    const page = await client.get<ObjectList<T>>(options.path, { query, signal });
    // At once: of ten thousand whole objects, most would be what nobody reads.
    for (const item of page.items ?? []) items.push(keep(item));
    token = page.metadata.continue;
    if (!token) return { items, resourceVersion: page.metadata.resourceVersion };
  }
}
