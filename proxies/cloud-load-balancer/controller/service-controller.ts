/** The service controller: Services of type LoadBalancer get one from the cloud (specification 5.2). */
import type { ApiClient } from '../../kit/api/api-client.ts';
import { startInformer, type CacheChange } from '../../kit/api/informer.ts';
import { keyOf } from '../../kit/api/watch-cache.ts';
import { createWorkQueueMetrics, type WorkQueueMetrics } from '../../kit/api/work-queue-metrics.ts';
import { createWorkQueue } from '../../kit/api/work-queue.ts';
import { systemClock, type Clock } from '../../kit/clock.ts';
import type { Provider, TellEvent } from '../provider.ts';
import type { Node, Service } from '../service.ts';
import { beginWith } from './begin-with.ts';
import { createControllerMetrics, type ControllerMetrics } from './controller-metrics.ts';
import { every } from './every.ts';
import { eligibleNodes, mattersToAll } from './node-set.ts';
import { createNodeSync } from './node-sync.ts';
import { createProviderCalls } from './provider-calls.ts';
import { createServed } from './served.ts';
import { createServiceSync } from './service-sync.ts';
import { createServiceWriter } from './service-writer.ts';
import { messageOf } from './sync-step.ts';
import { tellOwn } from './tell-event.ts';
import { changeOf } from './triggers.ts';
import { hasFinalizer, isOtherClass, needsCleanup, wantsLoadBalancer } from './wants.ts';

export interface ServiceControllerOptions {
  readonly client: ApiClient;
  /** Asked from here on until the controller is disposed of; not disposed of with it. */
  readonly provider: Provider;
  /** The events of both: see `createServiceEvents`. */
  readonly tell: TellEvent;
  readonly log: (line: string) => void;
  /** How many Services at a time; upstream's `--concurrent-service-syncs` is 1 unless told otherwise. */
  readonly concurrentServiceSyncs: number;
  /** The one `spec.loadBalancerClass` that is served; null: Services without. As MetalLB's `--lb-class`. */
  readonly loadBalancerClass: string | null;
  /** How long the cloud may take for an answer. */
  readonly syncTimeoutMs: number;
  readonly clock?: Clock;
  /** Whether a Service is served by somebody else; default: none is. */
  readonly isLeftAlone?: (service: Service, signal: AbortSignal) => Promise<boolean>;
}

export interface RunningController extends AsyncDisposable {
  /** Resolves when the Services are known and the cloud has taken them over: then the first sync begins. */
  readonly began: Promise<void>;
  readonly metrics: ControllerMetrics;
  /** By the names of its queues, which are upstream's. */
  readonly queues: Readonly<Record<'service' | 'node', WorkQueueMetrics>>;
}

/** Upstream's `minRetryDelay` and `maxRetryDelay`. */
const backoff = { firstMs: 5000, longestMs: 300_000, jitter: 0 };
const serviceResyncMs = 30_000;
const nodeResyncMs = 100_000;

/** Resolves at once; what the apiserver or the cloud cannot do yet is waited for in the background. */
export async function startServiceController(
  options: ServiceControllerOptions,
): Promise<RunningController> {
  const { client, provider, tell, log, loadBalancerClass, clock = systemClock } = options;
  const workers = options.concurrentServiceSyncs;
  const stop = new AbortController();
  const stopped = stop.signal;
  const metrics = createControllerMetrics();
  const queues = {
    service: createWorkQueueMetrics('service'),
    node: createWorkQueueMetrics('node'),
  };
  const services = startInformer<Service>(client, { path: '/api/v1/services', log });
  const nodes = startInformer<Node>(client, { path: '/api/v1/nodes', log });
  const served = createServed(services);
  const calls = createProviderCalls(options.syncTimeoutMs, clock, stopped);
  const asked = {
    provider,
    calls,
    served,
    tell,
    eligibleNodes: () => eligibleNodes(nodes.list()),
    metrics,
    stopped,
    loadBalancerClass,
    writer: createServiceWriter(client),
  };
  const began = Promise.all([services.synced, nodes.synced]).then(() =>
    beginWith({ ...asked, services: () => services.list(), log, clock }),
  );
  const inherited = new Set<string>();
  let hasBegun = false;
  void began.then(() => {
    hasBegun = true;
  });
  const syncService = createServiceSync({
    ...asked,
    inherited,
    isLeftAlone: options.isLeftAlone ?? (async () => false),
  });
  const syncNodes = createNodeSync({ ...asked, workers, clock, log });

  const serviceQueue = createWorkQueue({
    name: 'service',
    observer: queues.service,
    begin: began,
    workers,
    backoff,
    clock,
    log,
    reconcile: async (key) => {
      const later = await syncService(key);
      if (!later) return undefined;
      const { afterMs, message } = later;
      log(`error processing service ${key} (retrying in ${afterMs / 1000}s): ${message}`);
      return afterMs;
    },
    onFailure: (key, error) =>
      log(
        `error processing service ${key} (retrying with exponential backoff): ${messageOf(error)}`,
      ),
  });
  const nodeQueue = createWorkQueue({
    name: 'node',
    observer: queues.node,
    begin: began,
    workers: 1,
    clock,
    log,
    reconcile: async () => {
      for (const key of await syncNodes()) serviceQueue.add(key);
      return undefined;
    },
  });
  const lookAtNodes = () => nodeQueue.add('');

  const onService = (change: CacheChange<Service>) => {
    const { object } = change;
    noteWhose(change);
    if (isToBeLookedAt(change)) serviceQueue.add(keyOf(object));
  };
  const noteWhose = (change: CacheChange<Service>) => {
    const key = keyOf(change.object);
    if (served.isEcho(key, change.object)) return;
    const wasOurs = change.type === 'changed' && isWanted(change.previous);
    const wasOthers = change.type === 'changed' && isOtherClass(change.previous, loadBalancerClass);
    if (wasOurs || (change.type === 'added' && !hasBegun)) inherited.add(key);
    else if (wasOthers || change.type !== 'changed') inherited.delete(key);
  };
  const isToBeLookedAt = (change: CacheChange<Service>): boolean => {
    const { type, object } = change;
    // It had no finalizer, or somebody took it away.
    if (type === 'deleted') return served.states.has(keyOf(object));
    if (type === 'added') return isWanted(object) || isLeft(object);
    const changed = changeOf(change.previous, object, loadBalancerClass);
    if (changed?.note) tellOwn(tell, object, changed.note);
    const hasLostFinalizer = hasFinalizer(change.previous) && !hasFinalizer(object);
    return changed !== null || isLeft(object) || (isWanted(object) && hasLostFinalizer);
  };
  const isWanted = (service: Service) => wantsLoadBalancer(service, loadBalancerClass);
  const isLeft = (service: Service) => needsCleanup(service, loadBalancerClass);
  services.onChange(onService);
  nodes.onChange((change) => {
    if (change.type !== 'changed' || mattersToAll(change.previous, change.object)) lookAtNodes();
  });
  const resyncs = [
    every(serviceResyncMs, clock, () => {
      for (const service of services.list()) if (isLeft(service)) serviceQueue.add(keyOf(service));
    }),
    every(nodeResyncMs, clock, lookAtNodes),
  ];

  return {
    began,
    metrics,
    queues,
    [Symbol.asyncDispose]: async () => {
      stop.abort(new Error('the controller is stopping'));
      for (const resync of resyncs) resync[Symbol.dispose]();
      const owned = [serviceQueue, nodeQueue, services, nodes];
      await Promise.all(owned.map((one) => one[Symbol.asyncDispose]()));
    },
  };
}
