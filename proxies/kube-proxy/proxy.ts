/** kube-proxy: what the API says of Services and their endpoints, told to dataplanes as it changes. */
import { createEventRecorder } from '../kit/api/event-recorder.ts';
import { klogLine } from '../kit/klog.ts';
import { systemClock } from '../kit/clock.ts';
import { followCluster } from './cluster/follow-cluster.ts';
import type { ForwardedFlow } from './dataplane.ts';
import { createServiceTracker } from './endpoints/service-tracker.ts';
import { startFamilyProxy, type FamilyProxy } from './family-proxy.ts';
import { createProxyHealth } from './health/proxy-health.ts';
import { createServiceHealth } from './health/service-health.ts';
import { createProxyMetrics } from './metrics/proxy-metrics.ts';
import type { ModeName } from './modes/mode.ts';
import { placeOf } from './node/place-of.ts';
import { defaultSettings, type KubeProxyOptions } from './options.ts';
import { startOwnServers } from './own-servers.ts';
import type { Family } from './service-port.ts';
import { createSyncLog, type SyncReport } from './sync-report.ts';
import { untilNodeIsKnown } from './node/until-node-is-known.ts';

export interface ServiceDescription {
  readonly mode: ModeName;
  readonly families: readonly { readonly family: Family; readonly lines: readonly string[] }[];
}

export interface KubeProxy extends AsyncDisposable {
  readonly mode: ModeName;
  readonly nodeName: string;
  /** Resolves when each family has had its first sync. */
  readonly synced: Promise<void>;
  /** Rejects where it cannot go on: an address that cannot be bound, with `isBindHardFail`. */
  readonly ended: Promise<never>;
  /** `0.0.0.0:10256`; null while it is not bound. */
  readonly healthzAddress: string | null;
  readonly metricsAddress: string | null;
  /** The last ones, the latest last. */
  readonly recentSyncs: readonly SyncReport[];
  onSync(listener: (report: SyncReport) => void): Disposable;
  /** Tells the flows that begin from now on, from when it is ready; costs nothing while nobody listens. */
  onFlow(listener: (flow: ForwardedFlow) => void): Disposable & { readonly ready: Promise<void> };
  /** What a Service, by `namespace/name`, causes now. No lines: nothing. */
  describe(serviceKey: string): Promise<ServiceDescription>;
}

/** Starts it; resolves when its servers have been bound, or tried: before it has synced. */
export async function startKubeProxy(options: KubeProxyOptions): Promise<KubeProxy> {
  const { client, nodeName, mode, log, clock = systemClock } = options;
  const settings = { ...defaultSettings, ...options.settings };
  const { families, allowsExternalIPs, minSyncPeriodMs, syncPeriodMs } = settings;
  await using starting = new AsyncDisposableStack();
  const events = starting.use(
    createEventRecorder(client, { component: 'kube-proxy', host: nodeName }),
  );
  const health = createProxyHealth(clock, 2 * syncPeriodMs);
  const metrics = createProxyMetrics(families, mode.name);
  const syncs = createSyncLog();
  const servers = starting.use(
    await startOwnServers({
      ...{ nodeName, mode: mode.name, settings, configz: options.configz ?? {} },
      ...{ health, metrics, events, clock, log },
    }),
  );
  const warn = (text: string) => log(klogLine('W', 'hop', text));
  const tracker = createServiceTracker({ nodeName, families, allowsExternalIPs, log: warn });
  const proxies: FamilyProxy[] = [];
  let isComplete = false;
  const changed = (isAffected: (proxy: FamilyProxy) => boolean = () => true) => {
    // Nothing is written until everything that is there is known.
    if (isComplete) for (const proxy of proxies.filter(isAffected)) proxy.changed();
  };
  const isWaiting = ({ family }: FamilyProxy) => {
    const { servicesPending, endpointsPending } = tracker.changeCounts(family);
    return servicesPending + endpointsPending > 0;
  };
  const cluster = starting.use(
    followCluster({
      client,
      nodeName,
      log: warn,
      listener: {
        serviceChanged: (service, key) => {
          if (tracker.serviceChanged(service, key)) changed(isWaiting);
        },
        sliceChanged: (slice, key) => {
          if (tracker.sliceChanged(slice, key)) changed(isWaiting);
        },
        nodeChanged: (node) => {
          health.nodeChanged(node);
          // One that is gone is where it was, as upstream.
          const isElsewhere = node !== null && tracker.nodeChanged(node.metadata.labels ?? {});
          // A node tells each minute that it is well: that is no reason to write anything.
          const isOther = proxies.some((proxy) => proxy.isPlaceNew());
          if (isElsewhere || isOther) changed();
        },
        serviceCIDRsChanged: () => changed(),
      },
    }),
  );
  for (const family of families) {
    const isProxyHealthy = () => health.check().isHealthy;
    const serviceHealth = starting.use(
      createServiceHealth({ nodeName, isProxyHealthy, events, log }),
    );
    const proxy = startFamilyProxy({
      ...{ family, mode, tracker, clock, minSyncPeriodMs, syncPeriodMs, health, metrics, log },
      findPlace: () => placeOf(family, cluster.node, settings),
      findServiceCIDRs: () => cluster.serviceCIDRs(family),
      onProblem: ({ port: { namespace, name }, reason, message }) => {
        const target = { apiVersion: 'v1', kind: 'Service', namespace, name } as const;
        events.record({ ...target, uid: `${namespace}/${name}` }, 'Warning', reason, message);
      },
      onSync: async (report, { nodePortIPs }) => {
        syncs.add(report);
        const any = family === 'IPv4' ? '0.0.0.0' : '::';
        await serviceHealth.sync(tracker.healthCheckNodePorts(family), nodePortIPs ?? [any]);
      },
    });
    proxies.push(starting.use(proxy));
  }
  events.record(
    { apiVersion: 'v1', kind: 'Node', name: nodeName, uid: nodeName },
    'Normal',
    'Starting',
    '',
    'StartKubeProxy',
  );
  const stop = new AbortController();
  starting.defer(() => stop.abort());
  const needsPodCIDRs = settings.detectLocal.mode === 'NodeCIDR';
  const complete = untilNodeIsKnown(cluster, { needsPodCIDRs, clock, signal: stop.signal });
  const synced = complete.then(async () => {
    if (stop.signal.aborted) return;
    isComplete = true;
    log(klogLine('I', 'hop', `Services and EndpointSlices are known: ${mode.name} begins`));
    changed();
    await Promise.all(proxies.map((proxy) => proxy.synced));
  });

  const running = starting.move();
  return {
    mode: mode.name,
    nodeName,
    synced,
    ended: servers.failed,
    get healthzAddress() {
      return servers.healthzAddress;
    },
    get metricsAddress() {
      return servers.metricsAddress;
    },
    recentSyncs: syncs.recent,
    onSync: (listener) => syncs.onSync(listener),
    onFlow: (listener) => {
      const added = proxies.map((proxy) => proxy.flows.add(listener));
      return {
        ready: Promise.all(added.map(({ ready }) => ready)).then(() => undefined),
        [Symbol.dispose]: () => {
          for (const one of added) one[Symbol.dispose]();
        },
      };
    },
    describe: async (serviceKey) => ({
      mode: mode.name,
      families: await Promise.all(
        proxies.map(async (proxy) => ({
          family: proxy.family,
          lines: await proxy.describe(serviceKey),
        })),
      ),
    }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
