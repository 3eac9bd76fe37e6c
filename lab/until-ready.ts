/** Waits until the cluster does what its manifests say. */
import type { ApiClient, KubeObject } from '../proxies/kit/api/api-client.ts';
import { startInformer } from '../proxies/kit/api/informer.ts';
import { watchHealthy, type HealthyServices } from './cloud/watch-healthy.ts';
import type { Cluster } from './cluster.ts';
import type { ManifestObject } from './manifests.ts';

/** What of an object's state is looked at. */
interface Observed extends KubeObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly type?: string;
    readonly loadBalancerClass?: string;
  };
  readonly status?: {
    readonly loadBalancer?: { readonly ingress?: readonly unknown[] };
    readonly phase?: string;
    readonly readyReplicas?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

interface Watched {
  readonly kind: string;
  readonly path: string;
  readonly isReady: (object: Observed, cloud: Pick<HealthyServices, 'has'>) => boolean;
}

const hasCondition = ({ status }: Observed) =>
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;

const watched: readonly Watched[] = [
  { kind: 'Node', path: '/api/v1/nodes', isReady: hasCondition },
  {
    kind: 'Pod',
    path: '/api/v1/pods',
    isReady: (pod) => pod.status?.phase === 'Succeeded' || hasCondition(pod),
  },
  {
    kind: 'Deployment',
    path: '/apis/apps/v1/deployments',
    isReady: ({ spec, status }) => (status?.readyReplicas ?? 0) >= (spec?.replicas ?? 1),
  },
  {
    kind: 'Service',
    path: '/api/v1/services',
    isReady: ({ metadata, spec, status }, cloud) =>
      spec?.type !== 'LoadBalancer' ||
      // Somebody else would give it an address, and nobody does here.
      spec.loadBalancerClass !== undefined ||
      ((status?.loadBalancer?.ingress?.length ?? 0) > 0 && cloud.has(keyOf({ metadata }))),
  },
];

const neverReady = 'hop-by-hop.dev/never-ready';

export interface ReadyOptions {
  /**
   * Nodes, Pods and Deployments are waited for, and Services until they have their addresses outside and a node
   * that the cloud has found to be well; not one that was deleted, nor one that is annotated
   * `hop-by-hop.dev/never-ready`.
   */
  readonly objects: readonly Pick<ManifestObject, 'kind' | 'metadata'>[];
  readonly cluster: Pick<Cluster, 'mode' | 'loadBalancers'>;
  /** Says how many are not ready yet, and one of them. */
  readonly onProgress: (left: number, name: string) => void;
  readonly signal: AbortSignal;
}

/** @returns those that were not ready when the signal was aborted; usually nobody. */
export async function untilReady(
  client: ApiClient,
  options: ReadyOptions,
): Promise<readonly string[]> {
  const { objects, cluster, onProgress, signal } = options;
  await using informers = new AsyncDisposableStack();
  const ready = Promise.withResolvers<readonly string[]>();
  const abort = () => ready.resolve(unready());
  signal.addEventListener('abort', abort, { once: true });
  informers.defer(() => signal.removeEventListener('abort', abort));

  const parts = watched.map(({ kind, path, isReady }) => {
    const informer = informers.use(startInformer<Observed>(client, { path }));
    const names = objects
      .filter((object) => object.kind === kind && !object.metadata.annotations?.[neverReady])
      .map(keyOf);
    return {
      informer,
      unready: () =>
        names.filter((name) => {
          const object = informer.get(name);
          return object ? !isReady(object, cloud) : kind === 'Node';
        }),
    };
  });
  const unready = () => parts.flatMap((part) => part.unready());
  let told = -1;
  const look = () => {
    const left = unready();
    if (left.length === 0) ready.resolve([]);
    else if (left.length !== told) onProgress(left.length, left[0] ?? '');
    told = left.length;
  };
  // On loopback no node answers at a healthCheckNodePort: some Services have nobody there.
  const cloud =
    cluster.mode === 'isolated' ? informers.use(watchHealthy(cluster, look)) : { has: () => true };
  void Promise.all(parts.map(({ informer }) => informer.synced)).then(() => {
    for (const { informer } of parts) informers.use(informer.onChange(look));
    look();
  });
  return await ready.promise;
}

function keyOf({ metadata: { namespace, name } }: Pick<ManifestObject, 'metadata'>): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
