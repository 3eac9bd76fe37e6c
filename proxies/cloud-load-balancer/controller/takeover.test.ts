/** A controller that comes after another, or works beside one. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { untilLeading, type Lease } from '../../kit/api/leader-election.ts';
import { finalizer } from '../facts/finalizer.ts';
import { createFakeCloud } from '../testing/fake-cloud.ts';
import {
  createControllerWorld,
  serviceOf,
  servicesPath,
  type ControllerWorld,
} from '../testing/controller-world.ts';

const web = `${servicesPath}/web`;
const ourClass = 'example.com/ours';
const othersIngress = [{ ip: '198.51.100.9', ipMode: 'VIP' }];

let world: ControllerWorld;

beforeEach(() => {
  world = createControllerWorld();
});

afterEach(() => world[Symbol.asyncDispose]());

const ingress = () => world.service()?.status?.loadBalancer?.ingress ?? [];
const finalizers = () => world.service()?.metadata.finalizers ?? [];

/** Served by a controller that is gone then. */
async function serveAndLeave(loadBalancerClass: string | null = null): Promise<void> {
  const controller = await world.start({ loadBalancerClass });
  const spec = loadBalancerClass === null ? {} : { loadBalancerClass };
  await world.cluster.api.create(servicesPath, serviceOf('web', spec));
  await world.until(() => ingress().length === 1);
  await controller[Symbol.asyncDispose]();
  world.cloud.calls.length = 0;
  world.events.length = 0;
}

describe('what happened while the controller was away', () => {
  it('a Service that was deleted: its load balancer goes, and the Service with it', async () => {
    await serveAndLeave();
    await world.cluster.api.delete(web);
    await world.start();
    await world.until(() => world.service() === undefined);
    await world.settle();
    expect(world.cloud.balancers.size).toBe(0);
    expect(world.events).toEqual([
      'Normal DeletingLoadBalancer web: Deleting load balancer',
      'Normal DeletedLoadBalancer web: Deleted load balancer',
    ]);
  });

  it('a Service that was deleted, and whose finalizer somebody took away: the cloud frees what it had', async () => {
    await serveAndLeave();
    await world.cluster.api.patch(web, 'merge', {
      metadata: { '$deleteFromPrimitiveList/finalizers': [finalizer] },
    });
    await world.cluster.api.delete(web);
    const controller = await world.start();
    await controller.began;
    expect(world.cloud.balancers.size).toBe(0);
  });

  it.for(['ClusterIP', 'NodePort', 'ExternalName'])('a type that is %s now', async (type) => {
    await serveAndLeave();
    await world.cluster.api.patch(web, 'merge', { spec: { type } });
    await world.start();
    await world.until(() => finalizers().length === 0);
    await world.settle();
    expect(ingress()).toEqual([]);
    expect(world.cloud.balancers.size).toBe(0);
  });

  it('a class that others serve now', async () => {
    await serveAndLeave();
    await world.cluster.api.patch(web, 'merge', { spec: { loadBalancerClass: ourClass } });
    await world.start();
    await world.until(() => finalizers().length === 0);
    await world.settle();
    expect(ingress()).toEqual([]);
    expect(world.cloud.balancers.size).toBe(0);
  });

  it('nothing: it is ensured again, and keeps its address', async () => {
    await serveAndLeave();
    const before = ingress();
    await world.start();
    await world.until(() => world.events.some((event) => event.includes('EnsuredLoadBalancer')));
    await world.settle();
    expect(ingress()).toEqual(before);
    expect(world.cloud.calls.map((call) => call.split(' ')[0])).toEqual(['begin', 'ensure']);
  });
});

describe('a class', () => {
  it('of its own is all that a controller serves that was given one', async () => {
    await world.start({ loadBalancerClass: ourClass });
    await world.cluster.api.create(servicesPath, serviceOf('web', { loadBalancerClass: ourClass }));
    await world.cluster.api.create(servicesPath, serviceOf('plain'));
    await world.cluster.api.create(servicesPath, serviceOf('other', { loadBalancerClass: 'a/b' }));
    await world.until(() => ingress().length === 1);
    await world.settle();
    expect(world.cloud.calls).toEqual(['begin ', 'ensure default/web']);
  });

  it('of somebody else: neither finalizer nor address are touched, also when the Service goes', async () => {
    const metadata = { finalizers: [finalizer] };
    const other = serviceOf('web', { loadBalancerClass: 'a/b' }, metadata);
    const status = { loadBalancer: { ingress: othersIngress } };
    await world.cluster.api.create(servicesPath, { ...other, status });
    await world.start();
    await world.cluster.api.patch(web, 'merge', { metadata: { annotations: { a: 'b' } } });
    await world.cluster.api.delete(web);
    await world.settle();
    await world.clock.pass(60_000);
    await world.settle();
    expect(finalizers()).toEqual([finalizer]);
    expect(ingress()).toEqual(othersIngress);
    expect(world.events).toEqual([]);
  });

  it('the finalizer of a Service that never was ours stays with who serves Services without a class', async () => {
    const metadata = { finalizers: [finalizer] };
    const plain = serviceOf('web', { type: 'ClusterIP' as never }, metadata);
    const status = { loadBalancer: { ingress: othersIngress } };
    await world.cluster.api.create(servicesPath, { ...plain, status });
    await world.start({ loadBalancerClass: ourClass });
    await world.settle();
    expect(finalizers()).toEqual([finalizer]);
    expect(ingress()).toEqual(othersIngress);
  });

  it('two controllers, each with its own, leave each other alone', async () => {
    const ours = createFakeCloud(world.cluster.news);
    await world.start();
    await world.start({ loadBalancerClass: ourClass, provider: ours });
    await world.cluster.api.create(servicesPath, serviceOf('web', { loadBalancerClass: ourClass }));
    await world.cluster.api.create(servicesPath, serviceOf('plain'));
    const isServed = (name: string) => world.service(name)?.status?.loadBalancer !== undefined;
    await world.until(() => isServed('web') && isServed('plain'));
    const touch = { metadata: { annotations: { a: 'b' } } };
    await world.cluster.api.patch(web, 'merge', touch);
    await world.cluster.api.patch(`${servicesPath}/plain`, 'merge', touch);
    await world.settle();
    expect(isServed('web') && isServed('plain')).toBe(true);
    expect(finalizers()).toEqual([finalizer]);
    await world.cluster.api.delete(web);
    await world.until(() => world.service() === undefined);
    await world.settle();
    expect(isServed('plain')).toBe(true);
    expect([ours.balancers.size, world.cloud.balancers.size]).toEqual([0, 1]);
  });
});

describe('two controllers and a Lease', () => {
  const lease = { namespace: 'kube-system', name: 'cloud-load-balancer' };
  const path = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/cloud-load-balancer';

  const lead = async (identity: string) => {
    const { signal } = new AbortController();
    const log = (line: string) => void world.log.push(line);
    const { client } = world.cluster;
    const leadership = await untilLeading({
      client,
      lease,
      identity,
      signal,
      log,
      clock: world.clock,
    });
    const controller = await world.start();
    return { leadership, controller };
  };
  const holder = async () => (await world.cluster.api.get<Lease>(path)).spec?.holderIdentity;
  it('one works; the other takes over when the Lease has run out, and keeps every address', async () => {
    const first = await lead('first');
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.until(() => ingress().length === 1);
    const before = ingress();
    let isSecondLeading = false;
    const second = lead('second').then((led) => {
      isSecondLeading = true;
      return led;
    });
    await world.pass(60_000);
    expect(isSecondLeading).toBe(false);
    expect(world.cloud.calls.filter((call) => call.startsWith('begin'))).toHaveLength(1);

    // The first cannot renew any more: it stops by itself before the second may begin.
    first.leadership.lost.addEventListener('abort', () => {
      expect(isSecondLeading).toBe(false);
      world.log.push('first has lost the Lease');
      void first.controller[Symbol.asyncDispose]();
    });
    world.cluster.failAll(/^PUT .*\/leases\//, 'first');
    await world.pass(10_000);
    expect(world.log).toContain('first has lost the Lease');
    await world.pass(10_000);
    await second;
    expect(await holder()).toBe('second');
    await world.cluster.api.create(servicesPath, serviceOf('api'));
    await world.until(() => world.service('api')?.status?.loadBalancer !== undefined);
    expect(ingress()).toEqual(before);
    expect(world.cloud.most.perService).toBe(1);
  });

  it('the other begins at once when the first gives it back', async () => {
    const first = await lead('first');
    const second = lead('second');
    await world.settle();
    await first.controller[Symbol.asyncDispose]();
    await first.leadership.release();
    await world.pass(3000);
    await second;
    expect(await holder()).toBe('second');
  });
});
