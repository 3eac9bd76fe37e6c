/** What becomes of one Service: upstream's `TestSyncLoadBalancerIfNeeded`, through the whole controller. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '../../kit/api/errors.ts';
import { finalizer } from '../facts/finalizer.ts';
import { ImplementedElsewhere, RetryLater } from '../provider.ts';
import {
  createControllerWorld,
  nodeOf,
  serviceOf,
  servicesPath,
  type ControllerWorld,
} from '../testing/controller-world.ts';

const web = `${servicesPath}/web`;
const ingress = [{ ip: '8.8.8.8', ipMode: 'VIP' }];

let world: ControllerWorld;

beforeEach(async () => {
  world = createControllerWorld();
  await world.cluster.api.create('/api/v1/nodes', nodeOf('node-1'));
});

afterEach(() => world[Symbol.asyncDispose]());

const patches = () => world.cluster.requests.filter((request) => request.startsWith('PATCH'));
const callsOf = (kind: string) => world.cloud.calls.filter((call) => call.startsWith(`${kind} `));
const held = { finalizers: [finalizer] };
const ports = (protocol: 'UDP' | 'SCTP') => [{ protocol, port: 80, nodePort: 30_080 }];

/** The cloud has one for the Service, as it was given before the controller started. */
async function createServed(object: ReturnType<typeof serviceOf>): Promise<void> {
  const created = await world.cluster.api.create(servicesPath, {
    ...object,
    status: { loadBalancer: { ingress } },
  });
  const name = world.cloud.getLoadBalancerName({ ...object, ...created });
  const balancers = world.cloud.balancers as Map<string, object>;
  balancers.set(name, { service: created, nodes: [], status: { ingress } });
}

const rows = [
  { name: 'a ClusterIP Service', spec: { type: 'ClusterIP' } },
  { name: 'a TCP Service', spec: {}, ensures: 1, patches: 2 },
  { name: 'a UDP Service', spec: { ports: ports('UDP') }, ensures: 1, patches: 2 },
  { name: 'an SCTP Service', spec: { ports: ports('SCTP') }, ensures: 1, patches: 2 },
  { name: 'one with a loadBalancerClass', spec: { loadBalancerClass: 'example.com/other' } },
  {
    name: 'a ClusterIP Service with finalizer and ingress',
    spec: { type: 'ClusterIP' },
    metadata: held,
    isServed: true,
    deletes: 1,
    patches: 2,
  },
  {
    name: 'one with finalizer that is being deleted',
    spec: {},
    metadata: { ...held, deletionTimestamp: '2026-11-22T02:36:14Z' },
    isServed: true,
    deletes: 1,
    patches: 2,
  },
  { name: 'one that has the finalizer already', spec: {}, metadata: held, ensures: 1, patches: 1 },
] as const;

const nothing = { ensures: 0, deletes: 0, patches: 0, isServed: false };

describe.for(rows)('$name', (row) => {
  const { ensures, deletes, patches: written, isServed } = { ...nothing, ...row };
  it(`is ensured ${ensures} times, deleted ${deletes} times, patched ${written} times`, async () => {
    const object = serviceOf('web', row.spec, 'metadata' in row ? row.metadata : {});
    if (isServed) await createServed(object);
    else await world.cluster.api.create(servicesPath, object);
    const controller = await world.start();
    await controller.began;
    await world.until(() => patches().length >= written);
    await world.settle();
    expect(callsOf('ensure')).toHaveLength(ensures);
    expect(callsOf('delete')).toHaveLength(deletes);
    expect(patches()).toHaveLength(written);
    expect(patches().every((request) => request.endsWith('/services/web/status'))).toBe(true);
    const { metadata, status } = world.service() ?? {};
    expect(metadata?.finalizers ?? []).toEqual(ensures > 0 ? [finalizer] : []);
    expect(status?.loadBalancer?.ingress ?? []).toHaveLength(ensures);
  });
});

describe('a Service that is created', () => {
  it('gets finalizer, load balancer and status, in that order, and events that say so', async () => {
    await world.start();
    const seen: string[] = [];
    world.cloud.onCall = (call) => {
      if (call === 'ensure')
        seen.push(`${call} ${world.service()?.metadata.finalizers?.join() ?? ''}`);
    };
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.until(() => world.service()?.status?.loadBalancer !== undefined);
    await world.settle();
    expect(seen).toEqual([`ensure ${finalizer}`]);
    expect(world.service()?.status?.loadBalancer).toEqual({
      ingress: [{ ip: '203.0.113.1', ipMode: 'VIP' }],
    });
    expect(world.events).toEqual([
      'Normal EnsuringLoadBalancer web: Ensuring load balancer',
      'Normal EnsuredLoadBalancer web: Ensured load balancer',
    ]);
    expect(callsOf('ensure')).toEqual(['ensure default/web node-1']);
  });

  it('is served without the watch having told what was written', async () => {
    const controller = await world.start();
    await controller.began;
    let isEnsured = false;
    world.cloud.onCall = (call) => {
      isEnsured ||= call === 'ensure';
    };
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.until(() => patches().length > 0);
    world.cluster.holdWatches();
    await world.until(() => world.service()?.status?.loadBalancer !== undefined);
    expect(isEnsured).toBe(true);
    world.cluster.letWatchesGo();
    await world.settle();
    expect(patches()).toHaveLength(2);
  });

  it('is known as it was written, also when the watch has not told it and it is looked at again', async () => {
    await world.start();
    let isFirst = true;
    world.cloud.onCall = (call) => {
      if (call !== 'ensure' || !isFirst) return;
      isFirst = false;
      throw new RetryLater('not yet', 1000);
    };
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.until(() => world.events.length === 1);
    world.cluster.holdWatches();
    await world.until(() => world.events.some((event) => event.includes('not yet')));
    await world.settle();
    await world.clock.pass(1000);
    await world.until(() => world.service()?.status?.loadBalancer !== undefined);
    expect(patches()).toHaveLength(2);
  });

  it('is asked for at once, in the turn in which the watch tells of it', async () => {
    const controller = await world.start();
    await controller.began;
    await world.cluster.api.create(servicesPath, serviceOf('web', {}, held));
    let turns = 0;
    const count = () => {
      turns += 1;
      if (callsOf('ensure').length === 0 && turns < 100) setImmediate(count);
    };
    count();
    await world.until(() => callsOf('ensure').length === 1);
    expect(turns).toBeLessThan(5);
  });

  it('is left to somebody else when the cloud says so: no status, and no other try', async () => {
    world.cloud.onCall = (call) => {
      if (call === 'ensure') throw new ImplementedElsewhere('not ours');
    };
    await world.start();
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.until(() => callsOf('ensure').length === 1);
    await world.clock.pass(600_000);
    await world.settle();
    await world.cluster.api.create('/api/v1/nodes', nodeOf('node-9'));
    await world.settle();
    expect(callsOf('ensure')).toHaveLength(1);
    expect(callsOf('update')).toEqual([]);
    expect(world.events).toEqual(['Normal EnsuringLoadBalancer web: Ensuring load balancer']);
    expect(world.service()?.status).toBeUndefined();
  });

  it('is not touched when somebody else serves it', async () => {
    const isLeftAlone = async () => true;
    await world.start({ isLeftAlone });
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.settle();
    expect(patches()).toEqual([]);
    expect(world.events).toEqual([]);
  });

  it('is asked about again, without a word, where nobody can say yet who serves it', async () => {
    let asked = 0;
    const isLeftAlone = async () => {
      asked += 1;
      if (asked === 1) throw new ApiError(503, { message: 'not now' });
      return false;
    };
    await world.start({ isLeftAlone });
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.until(() => asked === 1);
    await world.settle();
    expect(world.events).toEqual([]);
    await world.clock.pass(5000);
    await world.until(() => world.service()?.status?.loadBalancer !== undefined);
  });
});

describe('a status', () => {
  it('is not written again where nothing about it has changed', async () => {
    await world.start();
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.until(() => patches().length === 2);
    const annotations = { 'example.com/any': 'other' };
    await world.cluster.api.patch(web, 'merge', { metadata: { annotations } });
    await world.until(() => callsOf('ensure').length === 2);
    await world.settle();
    expect(patches()).toHaveLength(2);
  });

  it('is no failure when the Service is gone before it is written', async () => {
    await world.start();
    world.cloud.onCall = async (call) => {
      if (call !== 'ensure') return;
      await world.cluster.api.patch(web, 'merge', {
        metadata: { '$deleteFromPrimitiveList/finalizers': [finalizer] },
      });
      await world.cluster.api.delete(web);
    };
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.until(() => callsOf('delete').length === 1);
    await world.settle();
    expect(world.events.map((event) => event.split(':')[0])).toEqual([
      'Normal EnsuringLoadBalancer web',
      'Normal EnsuredLoadBalancer web',
      'Normal DeletingLoadBalancer web',
      'Normal DeletedLoadBalancer web',
    ]);
    expect(world.cloud.balancers.size).toBe(0);
  });
});

describe('a Service that is deleted', () => {
  it('goes when its load balancer is gone', async () => {
    await world.start();
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.until(() => patches().length === 2);
    await world.settle();
    world.events.length = 0;
    await world.cluster.api.delete(web);
    expect(world.service()).toBeDefined();
    await world.until(() => world.service() === undefined);
    await world.settle();
    expect(world.cloud.balancers.size).toBe(0);
    expect(world.events).toEqual([
      'Normal DeletingLoadBalancer web: Deleting load balancer',
      'Normal DeletedLoadBalancer web: Deleted load balancer',
    ]);
  });

  it('stays as long as the cloud cannot delete it, and says why', async () => {
    await world.start();
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.until(() => patches().length === 2);
    let isBroken = true;
    world.cloud.onCall = (call) => {
      if (call === 'delete' && isBroken) throw new Error('quota exceeded');
    };
    await world.cluster.api.delete(web);
    await world.until(() => world.events.some((event) => event.includes('SyncLoadBalancerFailed')));
    await world.settle();
    expect(world.events.at(-1)).toBe(
      'Warning SyncLoadBalancerFailed web: Error syncing load balancer: failed to delete load balancer: quota exceeded',
    );
    expect(world.service()?.metadata.finalizers).toEqual([finalizer]);
    isBroken = false;
    await world.clock.pass(5000);
    await world.until(() => world.service() === undefined);
  });

  it('without its finalizer leaves no load balancer behind', async () => {
    await world.start();
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.until(() => patches().length === 2);
    await world.settle();
    world.cluster.holdWatches();
    await world.cluster.api.patch(web, 'merge', {
      metadata: { '$deleteFromPrimitiveList/finalizers': [finalizer] },
    });
    await world.cluster.api.delete(web);
    world.cluster.letWatchesGo();
    await world.until(() => world.cloud.balancers.size === 0);
  });

  it('is another when its name comes again: the load balancer of the first goes', async () => {
    await world.start();
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.until(() => patches().length === 2);
    await world.settle();
    world.cluster.holdWatches();
    await world.cluster.api.patch(web, 'merge', {
      metadata: { '$deleteFromPrimitiveList/finalizers': [finalizer] },
    });
    await world.cluster.api.delete(web);
    await world.cluster.api.create(servicesPath, serviceOf());
    world.cluster.letWatchesGo();
    await world.until(() => world.service()?.status?.loadBalancer !== undefined);
    await world.settle();
    expect([...world.cloud.balancers.values()].map(({ service }) => service.metadata.uid)).toEqual([
      world.service()?.metadata.uid,
    ]);
  });
});
