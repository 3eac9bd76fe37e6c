/** For tests: an apiserver in memory, with watches, finalizers, conflicts, and faults on demand. */
import { setImmediate as turn } from 'node:timers/promises';
import type {
  ApiClient,
  KubeObject,
  RequestOptions,
  WatchEvent,
} from '../../kit/api/api-client.ts';
import { ApiError, UnreachableError } from '../../kit/api/errors.ts';
import { createNews, type News } from './news.ts';
import { applyPatch, type Draft } from './apply-patch.ts';

export interface FakeCluster {
  /** What the one who is tested asks: faults are for it alone. */
  readonly client: ApiClient;
  /** What the test asks. */
  readonly api: ApiClient;
  /** What `client` has asked, watches left out: `PATCH /api/v1/namespaces/default/services/web/status`. */
  readonly requests: string[];
  /** Told of each write, and each request. */
  readonly news: News;
  /** All objects of a collection: `/api/v1/services`. */
  list(collection: string): readonly KubeObject[];
  /** From now on nobody answers `client`; false: as before. */
  setAway(isAway: boolean): void;
  /** The next request of `client` that matches fails with this, done or not. */
  failNext(request: RegExp, error: Error, isDone?: boolean): void;
  /** From now on all requests of `client` fail that match, and whose body mentions this. */
  failAll(request: RegExp, mention: string): void;
  /** Watches tell nothing until they are let go again. */
  holdWatches(): void;
  letWatchesGo(): void;
}

interface Kind {
  readonly collection: string;
  readonly objects: Map<string, Draft>;
}

interface Watch {
  readonly kind: Kind;
  readonly tell: (event: WatchEvent<KubeObject>) => void;
  readonly fail: (error: Error) => void;
}

interface Target {
  readonly collection: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly isStatus: boolean;
}

interface Fault {
  readonly request: RegExp;
  readonly error: Error;
  readonly isDone: boolean;
}

export function createFakeCluster(news: News = createNews()): FakeCluster {
  const kinds = new Map<string, Kind>();
  const watches = new Set<Watch>();
  const requests: string[] = [];
  const faults: Fault[] = [];
  const history: { readonly kind: Kind; readonly event: WatchEvent<KubeObject> }[] = [];
  let revision = 100;
  let isAway = false;
  let blocked: { readonly request: RegExp; readonly mention: string } | null = null;
  let held: (() => void)[] | null = null;

  const kindOf = (collection: string): Kind => {
    const kind = kinds.get(collection) ?? { collection, objects: new Map<string, Draft>() };
    kinds.set(collection, kind);
    return kind;
  };
  const record = (kind: Kind, type: WatchEvent<KubeObject>['type'], object: Draft) => {
    const event = { type, object: structuredClone(object) };
    history.push({ kind, event });
    for (const watch of watches) if (watch.kind === kind) watch.tell(event);
    news.tell();
  };
  const put = (kind: Kind, key: string, object: Draft): Draft => {
    const isThere = kind.objects.has(key);
    revision += 1;
    object.metadata.resourceVersion = String(revision);
    const isOver = object.metadata.deletionTimestamp && !object.metadata.finalizers?.length;
    if (isOver) kind.objects.delete(key);
    else kind.objects.set(key, object);
    record(kind, isOver ? 'DELETED' : isThere ? 'MODIFIED' : 'ADDED', object);
    return structuredClone(object);
  };
  const find = (target: Target): { kind: Kind; key: string; object: Draft } => {
    const { collection, name = '' } = target;
    const kind = kindOf(collection);
    const key = keyOf(target);
    const object = kind.objects.get(key);
    if (!object) throw refusal(404, 'NotFound', `${collection} "${name}" not found`);
    return { kind, key, object: structuredClone(object) };
  };

  const methods = {
    get: (target: Target) => {
      if (target.name !== undefined) return find(target).object;
      const { namespace } = target;
      const items = [...kindOf(target.collection).objects.values()].filter(
        ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
      );
      return structuredClone({ metadata: { resourceVersion: String(revision) }, items });
    },
    create: (target: Target, body: object) => {
      const kind = kindOf(target.collection);
      const object = structuredClone(body) as Draft;
      if (target.namespace !== undefined) object.metadata.namespace = target.namespace;
      const key = keyOf({ ...target, name: object.metadata.name });
      if (kind.objects.has(key)) throw refusal(409, 'AlreadyExists', `"${key}" already exists`);
      revision += 1;
      // The last digit is no part of a load balancer's name.
      object.metadata.uid ??= `${String(revision).padStart(8, '0')}-0000-4000-8000-000000000000`;
      return put(kind, key, object);
    },
    update: (target: Target, body: object) => {
      const { kind, key, object } = find(target);
      const sent = structuredClone(body) as Draft;
      const { resourceVersion } = sent.metadata;
      if (resourceVersion && resourceVersion !== object.metadata.resourceVersion) {
        throw refusal(409, 'Conflict', 'the object has been modified');
      }
      return put(kind, key, { ...sent, metadata: { ...object.metadata, ...sent.metadata } });
    },
    patch: (target: Target, body: object) => {
      const { kind, key, object } = find(target);
      const patched = applyPatch(object, body, target.isStatus);
      // A change that changes nothing is none.
      if (JSON.stringify(patched) === JSON.stringify(object)) return object;
      return put(kind, key, patched);
    },
    delete: (target: Target) => {
      const { kind, key, object } = find(target);
      const { metadata } = object;
      if (!metadata.finalizers?.length) metadata.finalizers = [];
      else if (metadata.deletionTimestamp) return object;
      metadata.deletionTimestamp = '2026-11-22T02:36:14Z';
      return put(kind, key, object);
    },
  };
  const watch = async <T extends KubeObject>(
    path: string,
    { signal, resourceVersion }: RequestOptions & { readonly resourceVersion: string },
    onEvent: (event: WatchEvent<T>) => void,
  ): Promise<void> => {
    const kind = kindOf(targetOf(path).collection);
    const ended = Promise.withResolvers<undefined>();
    const deliver = (event: WatchEvent<KubeObject>) => {
      // The border: a collection's path and the type of its objects are declared together.
      if (watches.has(one)) onEvent(structuredClone(event) as WatchEvent<T>);
    };
    const one: Watch = {
      kind,
      // Later than the answer to the write, as over a network.
      tell: (event) => {
        const run = () => deliver(event);
        if (held) held.push(run);
        else setImmediate(run);
      },
      fail: ended.reject,
    };
    watches.add(one);
    for (const { kind: of, event } of history) {
      const isNews = Number(event.object.metadata.resourceVersion) > Number(resourceVersion);
      if (of === kind && isNews) one.tell(event);
    }
    const stop = () => ended.resolve(undefined);
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    await ended.promise.finally(() => watches.delete(one));
    signal?.throwIfAborted();
  };

  const clientOf = (isTested: boolean): ApiClient => {
    const ask = async <T>(
      method: keyof typeof methods,
      path: string,
      options: RequestOptions | undefined,
      body: object = {},
    ): Promise<T> => {
      await turn();
      const request = `${verbs[method]} ${path}`;
      if (isTested) requests.push(request);
      if (isTested) news.tell();
      options?.signal?.throwIfAborted();
      if (isTested && isAway) throw new UnreachableError('connect ECONNREFUSED', false);
      if (
        isTested &&
        blocked?.request.test(request) &&
        JSON.stringify(body).includes(blocked.mention)
      ) {
        throw new UnreachableError('connect ECONNREFUSED', false);
      }
      const index = isTested ? faults.findIndex((fault) => fault.request.test(request)) : -1;
      const [fault] = index < 0 ? [] : faults.splice(index, 1);
      if (fault && !fault.isDone) throw fault.error;
      const answer = methods[method](targetOf(path), body);
      if (fault) throw fault.error;
      await turn();
      options?.signal?.throwIfAborted();
      // The border: who asks knows what is there.
      return answer as T;
    };
    return {
      get: (path, options) => ask('get', path, options),
      create: (path, object, options) => ask('create', path, options, object),
      update: (path, object, options) => ask('update', path, options, object),
      patch: (path, _, patch, options) => ask('patch', path, options, patch),
      delete: (path, _, options) => ask('delete', path, options),
      watch: async (path, options, onEvent) => {
        if (isTested && isAway) throw new UnreachableError('connect ECONNREFUSED', false);
        await watch(path, options, onEvent);
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  };

  return {
    client: clientOf(true),
    api: clientOf(false),
    requests,
    news,
    list: (collection) => structuredClone([...kindOf(collection).objects.values()]),
    setAway: (next) => {
      isAway = next;
      if (!isAway) return;
      for (const { fail } of watches) fail(new UnreachableError('the answer broke off', true));
    },
    failNext: (request, error, isDone = false) => void faults.push({ request, error, isDone }),
    failAll: (request, mention) => {
      blocked = { request, mention };
    },
    holdWatches: () => {
      held ??= [];
    },
    letWatchesGo: () => {
      const waiting = held ?? [];
      held = null;
      for (const run of waiting) run();
    },
  };
}

const verbs = { get: 'GET', create: 'POST', update: 'PUT', patch: 'PATCH', delete: 'DELETE' };

function targetOf(path: string): Target {
  const [, root = '', namespace, plural = '', name, subresource] =
    /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(
      path,
    ) ?? [];
  return { collection: `${root}/${plural}`, namespace, name, isStatus: subresource === 'status' };
}

function keyOf({ namespace = '', name = '' }: Pick<Target, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

function refusal(code: number, reason: string, message: string): ApiError {
  return new ApiError(code, { code, reason, message });
}
