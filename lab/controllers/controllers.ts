/** All controllers and the scheduler, over one client and one set of caches. */
import type { ApiClient } from '../../proxies/kit/api/api-client.ts';
import { startGarbageCollector } from './collection/garbage-collector.ts';
import { startNamespaces } from './collection/namespace-controller.ts';
import { furnishNamespaces } from './collection/namespace-furniture.ts';
import { startEndpoints } from './endpoints/endpoints-controller.ts';
import { startMirroredSlices } from './endpoints/mirrored-slices.ts';
import { startServiceSlices } from './endpoints/service-slices.ts';
import { watchNodes } from './nodes/node-lifecycle.ts';
import { startPodCollector } from './nodes/pod-collector.ts';
import { startTaintEviction } from './nodes/taint-eviction.ts';
import { startScheduler } from './scheduler/scheduler.ts';
import { createCluster } from './work/cluster.ts';
import type { StartController } from './work/controller.ts';
import { startDeployments } from './workloads/deployment-controller.ts';
import { startReplicaSets } from './workloads/replica-set-controller.ts';

export interface ControllersOptions {
  readonly client: ApiClient;
  /** `--root-ca-file`, its contents. */
  readonly rootCa: string;
  /** `--node-monitor-grace-period`; 40 s unless told otherwise. */
  readonly nodeMonitorGracePeriodMs?: number;
  readonly log: (line: string) => void;
}

/** Starts at once; resolves when every controller works. */
export async function startControllers(options: ControllersOptions): Promise<AsyncDisposable> {
  const { client, rootCa, nodeMonitorGracePeriodMs: gracePeriodMs = 40_000, log } = options;
  await using starting = new AsyncDisposableStack();
  const cluster = starting.use(createCluster(client, log));
  const starters: readonly StartController[] = [
    startScheduler,
    startDeployments,
    startReplicaSets,
    startServiceSlices,
    startEndpoints,
    startMirroredSlices,
    watchNodes({ gracePeriodMs }),
    startTaintEviction,
    startPodCollector,
    furnishNamespaces(rootCa),
    startNamespaces,
    startGarbageCollector,
  ];
  const begin = Promise.withResolvers<undefined>();
  for (const start of starters) starting.use(start(cluster, begin.promise));
  await cluster.synced();
  begin.resolve(undefined);
  return starting.move();
}
