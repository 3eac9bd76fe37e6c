/** For tests: a cluster, a cloud, and one controller after the other between them; and whether all fits together. */
import { setImmediate as turn } from 'node:timers/promises';
import { createFakeClock, type FakeClock } from '../../../kit/testing/fake-clock.ts';
import { startServiceController } from '../../controller/service-controller.ts';
import { eligibleNodes } from '../../controller/node-set.ts';
import { finalizer } from '../../facts/finalizer.ts';
import type { Node, Service } from '../../service.ts';
import { createFakeCluster, type FakeCluster } from '../../testing/fake-cluster.ts';
import { nodeOf } from '../../testing/controller-world.ts';
import { clouds, portsOf, type CloudName, type CloudUnderTest } from './clouds.ts';
import { createMortal, type Death, type Mortal } from './mortal.ts';

export interface Controller extends AsyncDisposable {
  readonly mortal: Mortal;
  readonly clock: FakeClock;
}

export interface FaultWorld extends AsyncDisposable {
  readonly cluster: FakeCluster;
  readonly cloud: CloudUnderTest;
  /** `SyncLoadBalancerFailed web: Error syncing …` */
  readonly events: string[];
  /** Starts a controller, which dies at a call of its own. */
  start(dieAt?: number, death?: Death): Promise<Controller>;
  /** What does not fit: empty when every Service has what it wants, and nobody else has anything. */
  faults(): readonly string[];
  /** Resolves when all fits, or it is so; @throws Error with what does not fit, when nothing moves any more */
  untilWell(isEnough?: () => boolean): Promise<void>;
}

const enoughTurns = 3000;

export async function createFaultWorld(cloudName: CloudName): Promise<FaultWorld> {
  const cluster = createFakeCluster();
  const cloud = clouds[cloudName](cluster.news);
  const running = new AsyncDisposableStack();
  const events: string[] = [];
  for (const name of ['node-1', 'node-2']) await cluster.api.create('/api/v1/nodes', nodeOf(name));

  const faults = () => {
    // The border: each is in its collection.
    const services = cluster.list('/api/v1/services') as readonly Service[];
    const nodes = cluster.list('/api/v1/nodes') as readonly Node[];
    const given = cloud.given();
    const names = new Set(services.map(cloud.nameOf));
    const leaked = [...given.keys()].filter((name) => !names.has(name));
    return [
      ...leaked.map((name) => `${name} is nobody's`),
      ...services.flatMap((service) =>
        faultsOf(service, given.get(cloud.nameOf(service)), nodes).map(
          (fault) => `${service.metadata.name} ${fault}`,
        ),
      ),
    ];
  };
  return {
    cluster,
    cloud,
    events,
    start: async (dieAt = Number.POSITIVE_INFINITY, death = 'before') => {
      const mortal = createMortal(dieAt, death, () => cluster.news.tell());
      const clock = createFakeClock();
      const tell = (service: Service, _: string, reason: string, message: string) => {
        if (!mortal.isDead) events.push(`${reason} ${service.metadata.name}: ${message}`);
        cluster.news.tell();
      };
      const controller = await startServiceController({
        client: mortal.client(cluster.client),
        provider: await cloud.start(mortal, { tell, clock }),
        tell,
        log: () => undefined,
        concurrentServiceSyncs: 2,
        loadBalancerClass: null,
        syncTimeoutMs: 30_000,
        clock,
      });
      const dispose = async () => {
        // Who is dead ends nothing any more.
        if (!mortal.isDead) await controller[Symbol.asyncDispose]();
      };
      running.defer(dispose);
      return { mortal, clock, [Symbol.asyncDispose]: dispose };
    },
    faults,
    untilWell: async (isEnough = () => false) => {
      for (let turns = 0; turns < enoughTurns; turns += 1) {
        if (isEnough()) return;
        if (faults().length === 0) break;
        await turn();
      }
      // What is still under way comes to its end.
      for (let turns = 0; turns < 30 && !isEnough(); turns += 1) await turn();
      if (!isEnough() && faults().length > 0) throw new Error(faults().join('; '));
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function faultsOf(
  service: Service,
  given: ReturnType<CloudUnderTest['given']> extends ReadonlyMap<string, infer Value>
    ? Value | undefined
    : never,
  nodes: readonly Node[],
): readonly string[] {
  const { metadata, spec, status } = service;
  const shown = status?.loadBalancer?.ingress?.map(({ ip }) => ip) ?? [];
  const isHeld = metadata.finalizers?.includes(finalizer) ?? false;
  const isWanted =
    spec.type === 'LoadBalancer' && !spec.loadBalancerClass && !metadata.deletionTimestamp;
  if (!isWanted) {
    return [
      ...(isHeld ? ['is still held by its finalizer'] : []),
      ...(shown.length > 0 ? [`still shows ${shown.join()}`] : []),
      ...(given ? [`still has ${given.addresses.join()} at the cloud`] : []),
    ];
  }
  const names = eligibleNodes(nodes).map((node) => node.metadata.name);
  const wanted = [isHeld, shown, given?.ports, given?.nodes];
  const right = [true, given?.addresses ?? ['?'], portsOf(service), names];
  return JSON.stringify(wanted) === JSON.stringify(right)
    ? []
    : [`has ${JSON.stringify(wanted)} instead of ${JSON.stringify(right)}`];
}
