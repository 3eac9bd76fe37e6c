/** Waits until the cluster does what its manifests say. */
import type { ApiClient, KubeObject } from '../proxies/kit/api/api-client.ts';
import { startInformer } from '../proxies/kit/api/informer.ts';
import type { ManifestObject } from './manifests.ts';

/** What of an object's state is looked at. */
interface Observed extends KubeObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly phase?: string;
    readonly readyReplicas?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

interface Watched {
  readonly kind: string;
  readonly path: string;
  readonly isReady: (object: Observed) => boolean;
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
];

const neverReady = 'hop-by-hop.dev/never-ready';

export interface ReadyOptions {
  /**
   * Nodes, Pods and Deployments are waited for; not one that was deleted, nor one that is annotated
   * `hop-by-hop.dev/never-ready`.
   */
  readonly objects: readonly Pick<ManifestObject, 'kind' | 'metadata'>[];
  /** Says how many are not ready yet, and one of them. */
  readonly onProgress: (left: number, name: string) => void;
  readonly signal: AbortSignal;
}

/** @throws the signal's reason when it is aborted before. */
export async function untilReady(client: ApiClient, options: ReadyOptions): Promise<void> {
  const { objects, onProgress, signal } = options;
  await using informers = new AsyncDisposableStack();
  const ready = Promise.withResolvers<undefined>();
  const abort = () => ready.reject(signal.reason as Error);
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
          return object ? !isReady(object) : kind === 'Node';
        }),
    };
  });
  let told = -1;
  const look = () => {
    const unready = parts.flatMap((part) => part.unready());
    if (unready.length === 0) ready.resolve(undefined);
    else if (unready.length !== told) onProgress(unready.length, unready[0] ?? '');
    told = unready.length;
  };
  const synced = Promise.all(parts.map(({ informer }) => informer.synced)).then(() => {
    for (const { informer } of parts) informers.use(informer.onChange(look));
    look();
  });
  await Promise.race([ready.promise, synced.then(() => ready.promise)]);
}

function keyOf({ metadata: { namespace, name } }: Pick<ManifestObject, 'metadata'>): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
