/** kube-proxy for one IP family: its dataplane, brought after each change to where the API is. */
import { klogLine } from '../kit/klog.ts';
import type { Clock } from '../kit/clock.ts';
import { createUdpCleaner } from './conntrack/udp-cleaner.ts';
import type { Dataplane, SyncResult } from './dataplane.ts';
import { createDriftRepair } from '../kit/nftables/drift-repair.ts';
import type { ServiceChanges, UdpPort } from './endpoints/service-changes.ts';
import type { ServiceTracker } from './endpoints/service-tracker.ts';
import { createFlowListeners, type FlowListeners } from './flow-listeners.ts';
import type { ProxyHealth } from './health/proxy-health.ts';
import type { ProxyMetrics } from './metrics/proxy-metrics.ts';
import type { PortProblem, ProxyMode } from './modes/mode.ts';
import type { Place } from './node/place-of.ts';
import type { Family, ServicePortState } from './service-port.ts';
import { createSyncRunner } from './sync-runner.ts';
import type { SyncReport } from './sync-report.ts';

export interface FamilyProxyOptions {
  readonly family: Family;
  readonly mode: ProxyMode;
  readonly tracker: ServiceTracker;
  readonly clock: Clock;
  readonly minSyncPeriodMs: number;
  readonly syncPeriodMs: number;
  readonly health: ProxyHealth;
  readonly metrics: ProxyMetrics;
  /** What the node is now; another than before takes a new dataplane. */
  readonly findPlace: () => Place;
  readonly findServiceCIDRs: () => readonly string[];
  /** Called after each sync, before the next. */
  readonly onSync: (report: SyncReport, place: Place) => Promise<void>;
  readonly onProblem: (problem: PortProblem) => void;
  readonly log: (line: string) => void;
}

export interface FamilyProxy extends AsyncDisposable {
  readonly family: Family;
  /** Resolves when what was there at the start has been written. */
  readonly synced: Promise<void>;
  readonly flows: Pick<FlowListeners, 'add'>;
  /** Whether the node is another than the dataplane was made for. */
  isPlaceNew(): boolean;
  /** The API says something that the dataplane does not yet follow. */
  changed(): void;
  describe(serviceKey: string): Promise<readonly string[]>;
}

/** Upstream's: after so long everything is compared, needed or not. */
const fullSyncEveryMs = 3_600_000;

interface Running {
  readonly dataplane: Dataplane;
  readonly place: Place;
  readonly drift: Disposable;
}

export function startFamilyProxy(options: FamilyProxyOptions): FamilyProxy {
  const { family, mode, tracker, clock, health, metrics, log } = options;
  const labels = { ip_family: family };
  const synced = Promise.withResolvers<undefined>();
  const flows = createFlowListeners();
  const report = (severity: 'I' | 'W' | 'E', text: string) =>
    log(klogLine(severity, 'hop', `${family}: ${text}`));
  let running: Running | null = null;
  let lastFullAt = -Infinity;
  /** Of slices whose changes are not yet written. */
  let triggerTimesMs: readonly number[] = [];
  /** Of what is not yet written: whether flows are to be looked at then, and the ports that are gone. */
  let isUdpStale = false;
  let udpGone: readonly UdpPort[] = [];

  const isOther = (place: Place) => JSON.stringify(place) !== JSON.stringify(running?.place);

  const close = async () => {
    if (!running) return;
    const { dataplane, drift } = running;
    running = null;
    flows.attach(null);
    drift[Symbol.dispose]();
    await dataplane[Symbol.asyncDispose]();
  };

  const open = async (place: Place): Promise<Dataplane> => {
    await close();
    const dataplane = await mode.createDataplane({
      ...place,
      onProblem: options.onProblem,
      log: (text) => log(klogLine('W', 'hop', text)),
    });
    const drift = dataplane.onDrift((who) => driftRepair.drifted(who));
    running = { dataplane, place, drift };
    flows.attach(dataplane);
    return dataplane;
  };

  const write = async (place: Place): Promise<[ServiceChanges, SyncResult]> => {
    const isNew = isOther(place);
    const dataplane = isNew || !running ? await open(place) : running.dataplane;
    const taken = tracker.takeChanges(family);
    triggerTimesMs = [...triggerTimesMs, ...taken.triggerTimesMs];
    isUdpStale ||= taken.isUdpStale || taken.udpGone.length > 0;
    udpGone = [...udpGone, ...taken.udpGone];
    metrics.set('sync_proxy_rules_endpoint_changes_pending', labels, 0);
    metrics.set('sync_proxy_rules_service_changes_pending', labels, 0);
    // A new one knows nothing of what others were told.
    const changed: readonly ServicePortState[] = isNew ? tracker.toldPorts(family) : taken.changed;
    const removed = isNew ? [] : taken.removed;
    if (clock.now() - lastFullAt >= fullSyncEveryMs) dataplane.distrust();
    const serviceCIDRs = options.findServiceCIDRs();
    const result = await dataplane.sync({ changed, removed, serviceCIDRs });
    return [{ ...taken, changed, removed }, result];
  };

  const count = (result: SyncResult) => {
    const seconds = result.tookMs / 1000;
    const isFull = result.kind === 'full';
    metrics.observe('sync_proxy_rules_duration_seconds', labels, seconds);
    metrics.observe(
      isFull
        ? 'sync_full_proxy_rules_duration_seconds'
        : 'sync_partial_proxy_rules_duration_seconds',
      labels,
      seconds,
    );
    metrics.set('sync_proxy_rules_last_timestamp_seconds', labels, clock.wall() / 1000);
    for (const changedAtMs of triggerTimesMs) {
      const waitedMs = Math.max(clock.wall() - changedAtMs, 0);
      metrics.observe('network_programming_duration_seconds', labels, waitedMs / 1000);
    }
    triggerTimesMs = [];
    const missing = tracker.noLocalEndpoints(family);
    for (const policy of ['internal', 'external'] as const) {
      const both = { ...labels, traffic_policy: policy };
      metrics.set('sync_proxy_rules_no_local_endpoints_total', both, missing[policy]);
    }
    if (result.cleanupError !== undefined) {
      metrics.add('sync_proxy_rules_nftables_cleanup_failures_total', labels);
      report('E', `chains that nothing leads to stay for now: ${result.cleanupError}`);
    }
    if (isFull) lastFullAt = clock.now();
  };

  const sync = async (): Promise<boolean> => {
    const startedAt = clock.now();
    const place = options.findPlace();
    const at = () => new Date(clock.wall()).toISOString();
    try {
      const [{ changed, removed }, result] = await write(place);
      count(result);
      health.updated(family);
      // Before a full one there was another process, or none, or rules were missing.
      if (isUdpStale || result.kind === 'full') cleaner?.request(udpGone);
      isUdpStale = false;
      udpGone = [];
      const told = { ...result, changed: changed.length, removed: removed.length };
      await options.onSync({ family, ...told, at: at(), error: null }, place);
      synced.resolve(undefined);
      return true;
    } catch (failure) {
      const error = failure instanceof Error ? failure.message : String(failure);
      if (mode.name === 'nftables') {
        metrics.add('sync_proxy_rules_nftables_sync_failures_total', labels);
      }
      report('E', `sync failed: ${error}; retrying in ${options.syncPeriodMs / 1000} s`);
      const nothing = { changed: 0, removed: 0, operations: 0, tookMs: clock.now() - startedAt };
      await options.onSync({ family, kind: 'full', ...nothing, at: at(), error }, place);
      return false;
    }
  };

  /** A UDP flow has no end: the kernel sends it where it was sent before, also when that is gone. */
  const { cleanUpUdp } = mode;
  const cleaner =
    cleanUpUdp &&
    createUdpCleaner({
      ...{ family, clock, metrics, log },
      findPorts: () => tracker.udpPorts(family),
      clean: (ports) => cleanUpUdp({ family, ports, nodeIPs: options.findPlace().nodeIPs }),
      retryIntervalMs: options.syncPeriodMs,
    });

  const runner = createSyncRunner({
    run: sync,
    minIntervalMs: options.minSyncPeriodMs,
    retryIntervalMs: options.syncPeriodMs,
    maxIntervalMs: options.syncPeriodMs,
    clock,
  });

  const driftRepair = createDriftRepair({
    repair: () => runner.request(),
    maxPauseMs: options.syncPeriodMs,
    clock,
    owner: 'kube-proxy',
    question: 'Does another kube-proxy run on this node?',
    warn: (text) => report('W', text),
  });

  return {
    family,
    synced: synced.promise,
    flows,
    isPlaceNew: () => isOther(options.findPlace()),
    changed: () => {
      health.queued(family);
      const counts = tracker.changeCounts(family);
      metrics.set('sync_proxy_rules_service_changes_total', labels, counts.servicesTotal);
      metrics.set('sync_proxy_rules_service_changes_pending', labels, counts.servicesPending);
      metrics.set('sync_proxy_rules_endpoint_changes_total', labels, counts.endpointsTotal);
      metrics.set('sync_proxy_rules_endpoint_changes_pending', labels, counts.endpointsPending);
      metrics.set('sync_proxy_rules_last_queued_timestamp_seconds', labels, clock.wall() / 1000);
      runner.request();
    },
    describe: (serviceKey) => mode.describe(family, tracker.toldPorts(family, serviceKey)),
    [Symbol.asyncDispose]: async () => {
      driftRepair[Symbol.dispose]();
      await runner[Symbol.asyncDispose]();
      await cleaner?.[Symbol.asyncDispose]();
      flows[Symbol.dispose]();
      await close();
    },
  };
}
