/** For tests: a controller between a cluster and a cloud in memory, with a clock that the test moves. */
import { setImmediate as turn } from 'node:timers/promises';
import {
  startServiceController,
  type ServiceControllerOptions,
} from '../controller/service-controller.ts';
import { createFakeClock, type FakeClock } from '../../kit/testing/fake-clock.ts';
import type { Node, Service, ServiceSpec } from '../service.ts';
import { createFakeCloud, type FakeCloud } from './fake-cloud.ts';
import { createFakeCluster, type FakeCluster } from './fake-cluster.ts';
import type { RunningController } from '../controller/service-controller.ts';

export interface ControllerWorld extends AsyncDisposable {
  readonly cluster: FakeCluster;
  readonly cloud: FakeCloud;
  readonly clock: FakeClock;
  /** `Normal EnsuredLoadBalancer web: Ensured load balancer`, in their order. */
  readonly events: string[];
  readonly log: string[];
  /** Starts a controller; it is stopped with the world. */
  start(options?: Partial<ServiceControllerOptions>): Promise<RunningController>;
  /** Resolves when it is so. */
  until(isSo: () => boolean): Promise<void>;
  service(name?: string): Service | undefined;
  /** Time that passes in steps, so that all that is due in one is done before the next. */
  pass(ms: number, stepMs?: number): Promise<void>;
  /** Resolves when there is nothing more to come without time passing. */
  settle(): Promise<void>;
}

export function createControllerWorld(): ControllerWorld {
  const cluster = createFakeCluster();
  const { news } = cluster;
  const cloud = createFakeCloud(news);
  const clock = createFakeClock();
  const running = new AsyncDisposableStack();
  const events: string[] = [];
  const log: string[] = [];
  const settle = async () => {
    for (let quiet = 0; quiet < 60; quiet += 1) await turn();
  };
  return {
    cluster,
    cloud,
    clock,
    events,
    log,
    start: async (options = {}) => {
      const controller = await startServiceController({
        client: cluster.client,
        provider: cloud,
        tell: ({ metadata: { name } }, type, reason, message) => {
          events.push(`${type} ${reason} ${name}: ${message}`);
          news.tell();
        },
        log: (line) => {
          log.push(line);
          news.tell();
        },
        concurrentServiceSyncs: 1,
        loadBalancerClass: null,
        syncTimeoutMs: 30_000,
        clock,
        ...options,
      });
      return running.use(controller);
    },
    until: (isSo) => news.until(isSo),
    service: (name = 'web') =>
      // The border: they are in that collection.
      (cluster.list('/api/v1/services') as readonly Service[]).find(
        ({ metadata }) => metadata.name === name,
      ),
    pass: async (ms, stepMs = 1000) => {
      for (let left = ms; left > 0; left -= stepMs) {
        await clock.pass(Math.min(left, stepMs));
        await settle();
      }
    },
    settle,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

export const servicesPath = '/api/v1/namespaces/default/services';

/** A Service of type LoadBalancer with one TCP port. */
export function serviceOf(name = 'web', spec: Partial<ServiceSpec> = {}, metadata: object = {}) {
  const ports = [{ protocol: 'TCP' as const, port: 80, targetPort: 8080, nodePort: 30_080 }];
  return {
    metadata: { name, ...metadata },
    spec: { type: 'LoadBalancer' as const, ports, ...spec },
  };
}

export function nodeOf(name: string, more: Partial<Node> & { metadata?: object } = {}) {
  return {
    ...more,
    metadata: { name, ...more.metadata },
    spec: { providerID: `lab://${name}`, ...more.spec },
    status: {
      addresses: [{ type: 'InternalIP' as const, address: `172.30.0.${name.length}` }],
      ...more.status,
    },
  };
}
