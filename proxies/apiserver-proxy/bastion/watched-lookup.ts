/**
 * The objects that names stand for, followed by watch. What is not there yet is asked for once: a Pod that was
 * made a moment ago is found.
 */
import type { ApiClient, KubeObject } from '../../kit/api/api-client.ts';
import { isRefusal } from '../../kit/api/errors.ts';
import { startInformer, type Informer } from '../../kit/api/informer.ts';
import type { Lookup } from '../lookup.ts';
import { subsetsOfSlices } from '../resolve/endpoint-slices.ts';
import { createExpiringCache } from './expiring-cache.ts';
import { answerOf } from './api-answer.ts';
import {
  keepNode,
  keepPod,
  keepService,
  keepSlice,
  serviceNameLabel,
  type KeptNode,
  type KeptPod,
  type KeptService,
  type KeptSlice,
} from './kept-objects.ts';
import { indexSlices } from './slice-index.ts';

export interface WatchedLookup extends Lookup, AsyncDisposable {
  /** Whether everything has been listed once. */
  isSynced(): boolean;
  /** Resolves when it has. */
  readonly synced: Promise<unknown>;
}

/** How many names are asked for at once. */
const mostMisses = 1000;

export function watchObjects(api: ApiClient, log: (line: string) => void): WatchedLookup {
  const owned = new AsyncDisposableStack();
  const follow = <T extends KubeObject>(path: string, keep: (object: T) => T): Informer<T> =>
    owned.use(startInformer<T>(api, { path, keep, log }));
  const services = follow<KeptService>('/api/v1/services', keepService);
  const pods = follow<KeptPod>('/api/v1/pods', keepPod);
  const nodes = follow<KeptNode>('/api/v1/nodes', keepNode);
  const slices = follow<KeptSlice>('/apis/discovery.k8s.io/v1/endpointslices', keepSlice);
  const slicesOf = indexSlices(slices);

  const synced = Promise.all([services.synced, pods.synced, nodes.synced, slices.synced]);
  let isSynced = false;
  void synced.then(() => (isSynced = true));

  const misses = createExpiringCache<object | undefined>(mostMisses);
  /** Undefined where the apiserver, too, has none. */
  const ask = async <T extends object>(
    segments: readonly string[],
    kind: string,
    query?: Query,
  ) => {
    // Names come from the paths of requests: what could be more than one segment is no name.
    if (!segments.every(isSegment)) return undefined;
    const path = `/${segments.map(encodeURIComponent).join('/')}`;
    const key = path + JSON.stringify(query ?? {});
    const found = await misses.get(key, async () => {
      const asked = api.get<T>(path, query ? { query } : {}).catch((error: unknown) => {
        if (isRefusal(error, 'NotFound')) return undefined;
        throw error;
      });
      return { value: await answerOf(asked, kind, log, 'find'), ttlMs: 0 };
    });
    // The border: what a path was asked for is what it gave.
    return found as T | undefined;
  };

  const service = async (namespace: string, name: string) =>
    services.get(`${namespace}/${name}`) ??
    (await ask<KeptService>([...core, 'namespaces', namespace, 'services', name], 'Service'));

  return {
    isSynced: () => isSynced,
    synced,
    service,
    pod: async (namespace, name) =>
      pods.get(`${namespace}/${name}`) ??
      (await ask<KeptPod>([...core, 'namespaces', namespace, 'pods', name], 'Pod')),
    node: async (name) =>
      nodes.get(name) ?? (await ask<KeptNode>([...core, 'nodes', name], 'Node')),
    endpoints: async (namespace, name) => {
      const owner = await service(namespace, name);
      if (!owner) return undefined;
      const known = slicesOf(namespace, name);
      const found = known.length > 0 ? known : await listSlices(namespace, name);
      // Without any, as for an ExternalName, there is nothing that could become ready.
      return found.length === 0 ? undefined : subsetsOfSlices(found, owner.spec?.ipFamilies);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };

  async function listSlices(namespace: string, name: string): Promise<readonly KeptSlice[]> {
    const path = [...discovery, 'namespaces', namespace, 'endpointslices'];
    const query = { labelSelector: `${serviceNameLabel}=${name}` };
    const list = await ask<{ readonly items?: readonly KeptSlice[] }>(path, 'EndpointSlice', query);
    return list?.items ?? [];
  }
}

type Query = Readonly<Record<string, string>>;

const core = ['api', 'v1'];
const discovery = ['apis', 'discovery.k8s.io', 'v1'];

/** As upstream's `IsValidPathSegmentName`. */
function isSegment(name: string): boolean {
  return !/^\.{0,2}$|[/%]/.test(name);
}
