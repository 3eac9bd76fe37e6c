/** What kube-proxy watches: Services, EndpointSlices, its Node and the ServiceCIDRs (specification 3.2). */
import type { ApiClient, KubeObject } from '../../kit/api/api-client.ts';
import { startInformer, type CacheChange } from '../../kit/api/informer.ts';
import { keyOf } from '../../kit/api/watch-cache.ts';
import { proxiedSelector, type EndpointSlice, type Service } from '../endpoints/api-objects.ts';
import { keepNode, type NodeObject } from '../node/node-object.ts';
import type { Family } from '../service-port.ts';
import { followServiceCIDRs } from './service-cidrs.ts';

export interface ClusterListener {
  serviceChanged(service: Service | null, key: string): void;
  sliceChanged(slice: EndpointSlice | null, key: string): void;
  /** Null: it is gone. */
  nodeChanged(node: NodeObject | null): void;
  serviceCIDRsChanged(): void;
}

export interface Cluster extends AsyncDisposable {
  /** Resolves when everything that was there has been told. */
  readonly synced: Promise<void>;
  /** As it was when it last had addresses, also once it is gone: what is written for it stays. Null before. */
  readonly node: NodeObject | null;
  /** Called after each change of the node. */
  onNode(listener: () => void): Disposable;
  serviceCIDRs(family: Family): readonly string[];
}

export interface FollowOptions {
  readonly client: ApiClient;
  readonly nodeName: string;
  readonly listener: ClusterListener;
  readonly log: (line: string) => void;
}

export function followCluster({ client, nodeName, listener, log }: FollowOptions): Cluster {
  const owned = new AsyncDisposableStack();
  // What the tracker has read need not be kept twice.
  const forget = <T extends KubeObject>(object: T): T => ({
    ...object,
    metadata: identityOf(object),
    spec: undefined,
    status: undefined,
    endpoints: undefined,
    ports: undefined,
  });
  const services = owned.use(
    startInformer<Service>(client, {
      path: '/api/v1/services',
      labelSelector: proxiedSelector,
      forget,
      log,
    }),
  );
  const slices = owned.use(
    startInformer<EndpointSlice>(client, {
      path: '/apis/discovery.k8s.io/v1/endpointslices',
      labelSelector: proxiedSelector,
      forget,
      log,
    }),
  );
  const nodes = owned.use(
    startInformer<NodeObject>(client, {
      path: '/api/v1/nodes',
      fieldSelector: `metadata.name=${nodeName}`,
      keep: keepNode,
      log,
    }),
  );
  const cidrs = owned.use(followServiceCIDRs(client, () => listener.serviceCIDRsChanged(), log));
  services.onChange((change) => listener.serviceChanged(nowOf(change), keyOf(change.object)));
  slices.onChange((change) => listener.sliceChanged(nowOf(change), keyOf(change.object)));
  let lastKnown: NodeObject | null = null;
  nodes.onChange((change) => {
    const node = nowOf(change);
    if (node?.status?.addresses?.length) lastKnown = node;
    listener.nodeChanged(node);
  });
  return {
    synced: Promise.all([services.synced, slices.synced, nodes.synced, cidrs.settled]).then(
      () => undefined,
    ),
    get node() {
      return lastKnown ?? nodes.get(nodeName) ?? null;
    },
    onNode: (told) => nodes.onChange(() => told()),
    serviceCIDRs: (family) => cidrs.of(family),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function nowOf<T extends KubeObject>(change: CacheChange<T>): T | null {
  return change.type === 'deleted' ? null : change.object;
}

/** What a cache tells objects and their revisions apart by. */
function identityOf({ metadata }: KubeObject): KubeObject['metadata'] {
  const { name, namespace, uid, resourceVersion } = metadata;
  return {
    name,
    ...(namespace && { namespace }),
    ...(uid && { uid }),
    ...(resourceVersion && { resourceVersion }),
  };
}
