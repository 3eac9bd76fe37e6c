/** The Services and EndpointSlices of the cluster, followed as the pod's service account. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createApiClient } from '../../../proxies/kit/api/api-client.ts';
import { startInformer, type Informer } from '../../../proxies/kit/api/informer.ts';
import type { WorkloadContext } from '../workload.ts';
import type { Cluster, EndpointSlice, Service } from './names.ts';

export interface WatchedCluster extends Cluster, AsyncDisposable {
  /** Both have been listed. */
  isSynced(): boolean;
}

/** A token is good for an hour, and asked anew well before that. */
const renewalMs = 40 * 60_000;
const retryMs = 1000;

interface Caches extends AsyncDisposable {
  readonly services: Informer<Service>;
  readonly slices: Informer<EndpointSlice>;
}

export function watchCluster(context: WorkloadContext): WatchedCluster {
  const stop = new AbortController();
  let current: Caches | undefined;
  const following = follow();

  return {
    isSynced: () => current !== undefined,
    service: (namespace, name) => current?.services.get(`${namespace}/${name}`),
    services: () => current?.services.list() ?? [],
    slices: (namespace, service) =>
      current?.slices
        .list()
        .filter(
          ({ metadata }) =>
            metadata.namespace === namespace &&
            metadata.labels?.['kubernetes.io/service-name'] === service,
        ) ?? [],
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await following;
      await current?.[Symbol.asyncDispose]();
    },
  };

  /** Old caches answer until new ones, with a new token, know as much. */
  async function follow(): Promise<void> {
    while (!stop.signal.aborted) {
      let pauseMs = renewalMs;
      try {
        const next = await openCaches(context, stop.signal);
        await current?.[Symbol.asyncDispose]();
        current = next;
      } catch (error) {
        context.log(`the API cannot be read: ${String(error)}`);
        pauseMs = retryMs;
      }
      await sleep(pauseMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  }
}

async function openCaches(context: WorkloadContext, stopped: AbortSignal): Promise<Caches> {
  if (!context.connectApi) throw new Error('this pod has no service account');
  await using opening = new AsyncDisposableStack();
  const client = opening.use(createApiClient(await context.connectApi()));
  const log = (line: string) => context.log(line);
  const services = opening.use(startInformer<Service>(client, { path: '/api/v1/services', log }));
  const slices = opening.use(
    startInformer<EndpointSlice>(client, { path: '/apis/discovery.k8s.io/v1/endpointslices', log }),
  );
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(new Error('stopped'));
  stopped.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([Promise.all([services.synced, slices.synced]), aborted.promise]);
  } finally {
    stopped.removeEventListener('abort', abort);
  }
  const open = opening.move();
  return { services, slices, [Symbol.asyncDispose]: () => open.disposeAsync() };
}
