/** What our programs ask of an apiserver: requests as JSON, refusals as `metav1.Status`, watches as events. */
import { exchange, type Method } from './exchange.ts';
import { follow } from './follow.ts';
import { createLink } from './link.ts';

/** Any object of the API, as it is on the wire. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly generateName?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly ownerReferences?: readonly OwnerReference[];
  };
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** Where an apiserver is, and as whom we ask it. PEM texts, not paths. */
export interface ApiConnection {
  /** `https://192.0.2.2:6443` */
  readonly server: string;
  readonly caPem: string;
  readonly certPem?: string;
  readonly keyPem?: string;
  readonly token?: string;
  /** The address to connect from; absent: the system chooses. */
  readonly localAddress?: string;
  /** The `User-Agent`. */
  readonly userAgent: string;
}

export type PatchType = 'json' | 'merge' | 'strategic-merge' | 'apply';

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly signal?: AbortSignal;
}

/**
 * One apiserver's API over kept connections. Every method rejects with an `ApiError` when the server
 * refuses, with an `UnreachableError` when it cannot be reached (both in `./errors.ts`), and with the
 * signal's reason when it is aborted.
 */
export interface ApiClient extends AsyncDisposable {
  /** @param path `/api/v1/namespaces/default/pods/web-0` */
  get<T extends object = KubeObject>(path: string, options?: RequestOptions): Promise<T>;
  create<T extends object = KubeObject>(
    path: string,
    object: object,
    options?: RequestOptions,
  ): Promise<T>;
  update<T extends object = KubeObject>(
    path: string,
    object: object,
    options?: RequestOptions,
  ): Promise<T>;
  patch<T extends object = KubeObject>(
    path: string,
    type: PatchType,
    patch: object,
    options?: RequestOptions,
  ): Promise<T>;
  delete<T extends object = KubeObject>(
    path: string,
    body?: object,
    options?: RequestOptions,
  ): Promise<T>;
  /**
   * Watches from a revision until the server ends it or the signal aborts; then resolves.
   *
   * @throws ApiError 410 when the revision has been compacted, before or during the watch.
   */
  watch<T extends KubeObject>(
    path: string,
    options: RequestOptions & { readonly resourceVersion: string },
    onEvent: (event: WatchEvent<T>) => void,
  ): Promise<void>;
}

/** The bodies' types, by the kind of patch. */
export const patchMediaTypes: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  'strategic-merge': 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** A client for one connection; dials with the first request. */
export function createApiClient(connection: ApiConnection): ApiClient {
  const link = createLink(connection);
  const ask = async <T>(
    method: Method,
    path: string,
    options: RequestOptions | undefined,
    object?: object,
    mediaType = 'application/json',
  ): Promise<T> => {
    const body = object && JSON.stringify(object);
    const text = await exchange(link, connection, { method, path, options, body, mediaType });
    // The border: what the server sends is what its API says.
    return JSON.parse(text) as T;
  };
  return {
    get: (path, options) => ask('GET', path, options),
    create: (path, object, options) => ask('POST', path, options, object),
    update: (path, object, options) => ask('PUT', path, options, object),
    patch: (path, type, patch, options) =>
      ask('PATCH', path, options, patch, patchMediaTypes[type]),
    delete: (path, body, options) => ask('DELETE', path, options, body),
    watch: (path, options, onEvent) => follow(link, connection, path, options, onEvent),
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  };
}

export interface WatchEvent<T extends KubeObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: T;
}
