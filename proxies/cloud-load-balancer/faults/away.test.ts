/** What fails around the controller, one thing at a time: nothing is stuck, nothing is left, and events say why. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exclusionLabel, goingTaint } from '../facts/nodes.ts';
import type { Service } from '../service.ts';
import {
  createControllerWorld,
  nodeOf,
  serviceOf,
  servicesPath,
  type ControllerWorld,
} from '../testing/controller-world.ts';
import { createFaultWorld } from './testing/fault-world.ts';

const web = `${servicesPath}/web`;

let world: ControllerWorld;

beforeEach(async () => {
  world = createControllerWorld();
  for (const name of ['node-1', 'node-2'])
    await world.cluster.api.create('/api/v1/nodes', nodeOf(name));
});

afterEach(() => world[Symbol.asyncDispose]());

const ingress = (name = 'web') => world.service(name)?.status?.loadBalancer?.ingress ?? [];
const nodesOf = () => [...world.cloud.balancers.values()].map(({ nodes }) => nodes.join());

async function serve(): Promise<void> {
  await world.start();
  await world.cluster.api.create(servicesPath, serviceOf());
  await world.until(() => ingress().length === 1);
  await world.settle();
}

describe('an apiserver that is away for a minute', () => {
  it('is followed again: what was created, changed and deleted meanwhile is made so', async () => {
    await serve();
    await world.cluster.api.create(servicesPath, serviceOf('gone'));
    await world.until(() => ingress('gone').length === 1);
    await world.settle();
    world.cluster.setAway(true);
    await world.cluster.api.create(servicesPath, serviceOf('new'));
    await world.cluster.api.patch(web, 'merge', { spec: { type: 'ClusterIP' } });
    await world.cluster.api.delete(`${servicesPath}/gone`);
    await world.cluster.api.delete('/api/v1/nodes/node-2');
    await world.pass(60_000);
    world.cluster.setAway(false);
    await world.until(() => ingress('new').length === 1 && world.service('gone') === undefined);
    await world.until(() => world.service()?.metadata.finalizers?.length === 0);
    await world.until(() => nodesOf().join(' ') === 'node-1');
    expect(ingress()).toEqual([]);
  });

  it('in the middle of an ensure: the status is written when it is back, and the event says what failed', async () => {
    world.cloud.onCall = (call) => {
      if (call === 'ensure') world.cluster.setAway(true);
    };
    await world.start();
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.until(() => world.events.some((event) => event.includes('SyncLoadBalancerFailed')));
    expect(world.events.at(-1)).toBe(
      'Warning SyncLoadBalancerFailed web: Error syncing load balancer: failed to update load balancer status: connect ECONNREFUSED',
    );
    world.cloud.onCall = () => undefined;
    await world.pass(60_000);
    world.cluster.setAway(false);
    await world.pass(300_000, 5000);
    await world.until(() => ingress().length === 1);
    expect(ingress()).toEqual([{ ip: '203.0.113.1', ipMode: 'VIP' }]);
  });

  it('from the start: it begins when the apiserver is there', async () => {
    world.cluster.setAway(true);
    const controller = await world.start();
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.settle();
    expect(world.cloud.calls).toEqual([]);
    world.cluster.setAway(false);
    await controller.began;
    await world.until(() => ingress().length === 1);
  });
});

describe('nodes', () => {
  const taints = [{ key: goingTaint, effect: 'NoSchedule' }];

  it.for([
    ['removed', () => world.cluster.api.delete('/api/v1/nodes/node-2')],
    [
      'excluded',
      () =>
        world.cluster.api.patch('/api/v1/nodes/node-2', 'merge', {
          metadata: { labels: { [exclusionLabel]: 'true' } },
        }),
    ],
    [
      'tainted',
      () => world.cluster.api.patch('/api/v1/nodes/node-2', 'merge', { spec: { taints } }),
    ],
  ] as const)('one that is %s gets nothing any more', async ([, act]) => {
    await serve();
    await act();
    await world.pass(100_000, 10_000);
    await world.until(() => nodesOf().join() === 'node-1');
  });

  it('that are all gone: the event says so, and the first that is back is taken', async () => {
    await serve();
    for (const name of ['node-1', 'node-2'])
      await world.cluster.api.delete(`/api/v1/nodes/${name}`);
    await world.until(() => nodesOf().join() === '');
    await world.until(() =>
      world.events.some((event) => event.includes('UnAvailableLoadBalancer')),
    );
    await world.cluster.api.create('/api/v1/nodes', nodeOf('node-3'));
    await world.until(() => nodesOf().join() === 'node-3');
    expect(ingress()).toHaveLength(1);
  });

  it('that come and go by the hundred cost one update each time at most', async () => {
    await serve();
    world.cloud.calls.length = 0;
    const names = Array.from({ length: 200 }, (_, index) => `spot-${index}`);
    await Promise.all(names.map((name) => world.cluster.api.create('/api/v1/nodes', nodeOf(name))));
    await world.until(() => nodesOf().join().split(',').length === 202);
    const updates = world.cloud.calls.filter((call) => call.startsWith('update'));
    expect(updates.length).toBeLessThanOrEqual(200);
    await Promise.all(names.map((name) => world.cluster.api.delete(`/api/v1/nodes/${name}`)));
    await world.until(() => nodesOf().join() === 'node-1,node-2');
  });
});

describe('a cloud that fails at everything', () => {
  it.for(['a cloud that remembers', 'the hop cloud'] as const)(
    'leaves nothing behind once it works: %s',
    async (name) => {
      await using faulty = await createFaultWorld(name);
      const { cluster, cloud, events } = faulty;
      const { clock } = await faulty.start();
      await cluster.api.create(servicesPath, serviceOf('old'));
      await faulty.untilWell();
      cloud.fail(new Error('out of order'));
      await cluster.api.create(servicesPath, serviceOf());
      await cluster.api.delete(`${servicesPath}/old`);
      await cluster.api.delete('/api/v1/nodes/node-2');
      const failed = () => events.filter((event) => event.includes('out of order'));
      await cluster.news.until(() =>
        ['web', 'old'].every((one) => failed().join().includes(` ${one}: `)),
      );
      for (const one of cluster.list('/api/v1/services') as readonly Service[]) {
        expect(one.metadata.finalizers).toHaveLength(1);
      }
      cloud.fail(null);
      for (let passed = 0; passed < 60; passed += 5) {
        await clock.pass(5000);
        await faulty.untilWell(() => true);
      }
      await faulty.untilWell();
      expect([...cloud.given().values()].map(({ nodes }) => nodes.join())).toEqual(['node-1']);
    },
  );

  it('says that no address is left, and serves the Service that waits once one is', async () => {
    await using full = await createFaultWorld('the hop cloud');
    const { cluster, events } = full;
    const { clock } = await full.start();
    for (const name of ['a', 'b', 'c']) await cluster.api.create(servicesPath, serviceOf(name));
    await full.untilWell();
    await cluster.api.create(servicesPath, serviceOf('d'));
    const isTold = (event: string) => event.startsWith('SyncLoadBalancerFailed d: ');
    await cluster.news.until(() => events.some(isTold));
    await cluster.api.delete(`${servicesPath}/b`);
    for (let passed = 0; passed < 600 && full.faults().length > 0; passed += 5) {
      await clock.pass(5000);
      await full.untilWell(() => true);
    }
    await full.untilWell();
    expect(cluster.list('/api/v1/services')).toHaveLength(3);
  });
});
