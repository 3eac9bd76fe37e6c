/** What becomes of what fails: pauses, deadlines, a cloud that cannot begin. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '../../kit/api/errors.ts';
import { finalizer } from '../facts/finalizer.ts';
import { RetryLater, type Provider } from '../provider.ts';
import {
  createControllerWorld,
  nodeOf,
  serviceOf,
  servicesPath,
  type ControllerWorld,
} from '../testing/controller-world.ts';
import { exclusionLabel } from '../facts/nodes.ts';

const web = `${servicesPath}/web`;

let world: ControllerWorld;

beforeEach(() => {
  world = createControllerWorld();
});

afterEach(() => world[Symbol.asyncDispose]());

const countOf = (kind: string) => world.cloud.calls.filter((call) => call.startsWith(kind)).length;
const failures = () => world.events.filter((event) => event.includes('SyncLoadBalancerFailed'));
const isSettled = (name = 'web') => world.service(name)?.status?.loadBalancer !== undefined;

describe('a Service that fails', () => {
  it.for([
    ['is without its address when the cloud has given that up', null, []],
    [
      'keeps its address as long as the cloud does',
      { ingress: [{ ip: '203.0.113.1' }] },
      ['203.0.113.1'],
    ],
  ] as const)('%s', async ([, has, expected]) => {
    let isRefused = false;
    const provider: Provider = {
      ...world.cloud,
      getLoadBalancer: async () => has,
      ensureLoadBalancer: async (service, nodes, signal) => {
        if (isRefused) throw new Error('mixed protocols');
        return world.cloud.ensureLoadBalancer(service, nodes, signal);
      },
    };
    await world.start({ provider });
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.until(() => isSettled());
    isRefused = true;
    await world.cluster.api.patch(web, 'merge', { metadata: { annotations: { cloud: 'other' } } });
    await world.until(() => failures().length === 1);
    await world.settle();
    const { status, metadata } = world.service() ?? {};
    expect((status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip)).toEqual(expected);
    expect(metadata?.finalizers).toEqual([finalizer]);
    expect(failures()).toEqual([
      'Warning SyncLoadBalancerFailed web: Error syncing load balancer: failed to ensure load balancer: mixed protocols',
    ]);
  });

  it('is tried again after 5, 10, 20 seconds, and so on up to 300', async () => {
    world.cloud.onCall = (call) => {
      if (call === 'ensure') throw new Error('quota exceeded');
    };
    await world.start();
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.until(() => failures().length === 1);
    await world.settle();
    for (const [index, seconds] of [5, 10, 20, 40, 80, 160, 300, 300].entries()) {
      await world.clock.pass(seconds * 1000 - 1);
      await world.settle();
      expect(countOf('ensure')).toBe(index + 1);
      await world.clock.pass(1);
      await world.until(() => failures().length === index + 2);
      await world.settle();
    }
    expect(new Set(failures())).toEqual(
      new Set([
        'Warning SyncLoadBalancerFailed web: Error syncing load balancer: failed to ensure load balancer: quota exceeded',
      ]),
    );
    expect(world.log.at(-1)).toBe(
      'error processing service default/web (retrying with exponential backoff): failed to ensure load balancer: quota exceeded',
    );
  });

  it('begins with 5 seconds again once it has succeeded, and a change does not wait', async () => {
    let left = 3;
    world.cloud.onCall = (call) => {
      if (call === 'ensure' && left-- > 0) throw new Error('busy');
    };
    await world.start();
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.until(() => failures().length === 1);
    await world.settle();
    await world.clock.pass(5000);
    await world.until(() => failures().length === 2);
    await world.settle();
    const change = (annotations: object) =>
      world.cluster.api.patch(web, 'merge', { metadata: { annotations } });
    await change({ a: '1' });
    await world.until(() => failures().length === 3);
    await change({ a: '2' });
    await world.until(isSettled);
    await world.settle();
    const tries = countOf('ensure');
    // What was to be tried again has been done: nothing comes after it.
    await world.clock.pass(300_000);
    await world.settle();
    expect(countOf('ensure')).toBe(tries);
    left = 1;
    await change({ a: '3' });
    await world.until(() => failures().length === 4);
    await world.settle();
    await world.clock.pass(5000);
    await world.until(() => countOf('ensure') === tries + 2);
  });

  it('is tried again when the cloud says so, and not before', async () => {
    let isFirst = true;
    world.cloud.onCall = (call) => {
      if (call !== 'ensure' || !isFirst) return;
      isFirst = false;
      throw new RetryLater('still being created', 42_000);
    };
    await world.start();
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.until(() => failures().length === 1);
    await world.settle();
    expect(failures()).toEqual([
      'Warning SyncLoadBalancerFailed web: Error syncing load balancer: failed to ensure load balancer: still being created',
    ]);
    await world.clock.pass(41_999);
    await world.settle();
    expect(countOf('ensure')).toBe(1);
    await world.clock.pass(1);
    await world.until(isSettled);
    expect(world.log).toContain(
      'error processing service default/web (retrying in 42s): still being created',
    );
  });

  it.for([
    ['the finalizer', 0, 'failed to add load balancer cleanup finalizer: object conflict'],
    ['the status', 1, 'failed to update load balancer status: object conflict'],
  ] as const)('is tried again where %s could not be written', async ([, finalizers, why]) => {
    const conflict = new ApiError(409, {
      code: 409,
      reason: 'Conflict',
      message: 'object conflict',
    });
    world.cluster.failNext(/^PATCH/, conflict);
    await world.start();
    const metadata = finalizers ? { finalizers: [finalizer] } : {};
    await world.cluster.api.create(servicesPath, serviceOf('web', {}, metadata));
    await world.until(() => failures().length === 1);
    expect(failures()[0]).toBe(
      `Warning SyncLoadBalancerFailed web: Error syncing load balancer: ${why}`,
    );
    await world.settle();
    await world.clock.pass(5000);
    await world.until(isSettled);
  });

  it('does not hold up the others', async () => {
    world.cloud.onCall = (call, service) => {
      if (call === 'ensure' && service?.metadata.name === 'web') throw new Error('busy');
    };
    await world.start();
    await world.cluster.api.create(servicesPath, serviceOf('web'));
    await world.cluster.api.create(servicesPath, serviceOf('api'));
    await world.until(() => isSettled('api'));
  });
});

describe('a cloud that does not answer', () => {
  it('is given up after the deadline, with an event, and asked again', async () => {
    let isHanging = true;
    world.cloud.onCall = (call, _, signal) =>
      call === 'ensure' && isHanging
        ? new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error));
          })
        : undefined;
    await world.start({ syncTimeoutMs: 30_000 });
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.until(() => countOf('ensure') === 1);
    await world.clock.pass(30_000);
    await world.until(() => failures().length === 1);
    expect(failures()[0]).toBe(
      'Warning SyncLoadBalancerFailed web: Error syncing load balancer: failed to ensure load balancer: context deadline exceeded',
    );
    isHanging = false;
    await world.settle();
    await world.clock.pass(5000);
    await world.until(isSettled);
  });

  it('and does not even listen is not asked twice at once for one Service, and serves the others', async () => {
    const { promise: late, resolve: answer } = Promise.withResolvers<undefined>();
    world.cloud.onCall = (call, service) =>
      call === 'ensure' && service?.metadata.name === 'web'
        ? late.then(() => undefined)
        : undefined;
    await world.start({ syncTimeoutMs: 30_000 });
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.until(() => countOf('ensure') === 1);
    await world.cluster.api.create(servicesPath, serviceOf('api'));
    await world.settle();
    await world.clock.pass(30_000);
    await world.until(() => isSettled('api'));
    for (let count = 2; count < 4; count += 1) {
      await world.clock.pass(60_000);
      await world.until(() => failures().length >= count);
      await world.settle();
    }
    expect(world.cloud.calls.filter((call) => call === 'ensure default/web')).toHaveLength(1);
    await world.cluster.api.delete(web);
    answer(undefined);
    await world.settle();
    await world.clock.pass(300_000);
    await world.until(() => world.service() === undefined);
    expect(world.cloud.most.perService).toBe(1);
    expect([...world.cloud.balancers.values()].map(({ service }) => service.metadata.name)).toEqual(
      ['api'],
    );
  });
});

describe('a cloud that cannot begin', () => {
  it('is asked again, and nothing else is asked of it before', async () => {
    let left = 3;
    world.cloud.onCall = (call) => {
      if (call === 'begin' && left-- > 0) throw new Error('the rules cannot be read');
    };
    await world.cluster.api.create(servicesPath, serviceOf());
    const controller = await world.start();
    let hasBegun = false;
    void controller.began.then(() => {
      hasBegun = true;
    });
    for (const [index, seconds] of [1, 2, 4].entries()) {
      await world.until(() => world.log.length === index + 1);
      expect(world.log.at(-1)).toBe(
        `provider fake cannot begin (retrying in ${seconds}s): the rules cannot be read`,
      );
      expect(world.cloud.calls.every((call) => call.startsWith('begin'))).toBe(true);
      expect(hasBegun).toBe(false);
      await world.settle();
      await world.clock.pass(seconds * 1000);
    }
    await controller.began;
    await world.until(isSettled);
    expect(countOf('begin')).toBe(4);
  });

  it('is told all Services there are, and the nodes that they may be sent to', async () => {
    const told: string[] = [];
    const { cloud } = world;
    const provider: Provider = {
      ...cloud,
      begin: async (services, nodes, signal) => {
        told.push(...[...services, ...nodes].map(({ metadata }) => metadata.name));
        await cloud.begin([], [], signal);
      },
    };
    const metadata = { name: 'node-2', labels: { [exclusionLabel]: 'true' } };
    await world.cluster.api.create('/api/v1/nodes', nodeOf('node-1'));
    await world.cluster.api.create('/api/v1/nodes', nodeOf('node-2', { metadata }));
    await world.cluster.api.create(servicesPath, serviceOf('web', { type: 'ClusterIP' }));
    await world.cluster.api.create(servicesPath, serviceOf('api'));
    const controller = await world.start({ provider });
    await controller.began;
    expect(told).toEqual(['web', 'api', 'node-1']);
  });
});

describe('several Services', () => {
  it.for([1, 3])('are worked on %d at a time', async (concurrentServiceSyncs) => {
    const { promise: mayGoOn, resolve: letGo } = Promise.withResolvers<undefined>();
    world.cloud.onCall = (call) => (call === 'ensure' ? mayGoOn.then(() => undefined) : undefined);
    await world.start({ concurrentServiceSyncs });
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await world.cluster.api.create(servicesPath, serviceOf(name));
    await world.until(() => countOf('ensure') === concurrentServiceSyncs);
    await world.settle();
    expect(countOf('ensure')).toBe(concurrentServiceSyncs);
    letGo(undefined);
    await world.until(() => names.every(isSettled));
    expect(world.cloud.most.all).toBe(concurrentServiceSyncs);
  });
});

describe('every 30 seconds', () => {
  it('what still needs to be cleaned up is looked at again, and nothing else', async () => {
    await world.start();
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.until(isSettled);
    await world.settle();
    const before = world.cloud.calls.length;
    await world.clock.pass(60_000);
    await world.settle();
    expect(world.cloud.calls).toHaveLength(before);
    world.cloud.onCall = (call) => {
      if (call === 'delete') throw new Error('busy');
    };
    await world.cluster.api.delete(web);
    await world.until(() => failures().length === 1);
    await world.settle();
    await world.pass(120_000, 5000);
    // After 0, 5 and 15 seconds by itself, then after 30, 60, 90 and 120.
    expect(failures()).toHaveLength(7);
  });
});

describe('metrics', () => {
  it('count what the cloud was asked for, and what failed', async () => {
    const { metrics } = await world.start();
    await world.cluster.api.create('/api/v1/nodes', { metadata: { name: 'node-1' } });
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.until(isSettled);
    await world.settle();
    expect(metrics.loadBalancerSyncs).toBe(1);
    world.cloud.onCall = (call) => {
      if (call === 'update') throw new Error('busy');
    };
    await world.cluster.api.create('/api/v1/nodes', { metadata: { name: 'node-2' } });
    await world.until(() => metrics.nodeSyncErrors === 1);
    await world.settle();
    expect(metrics.loadBalancerSyncs).toBe(3);
    const count = (samples: readonly { suffix?: string; value: number }[]) =>
      samples.find(({ suffix }) => suffix === '_count')?.value;
    expect(count(metrics.updateHostsSeconds.samples())).toBe(1);
    expect(count(metrics.nodeSyncSeconds.samples())).toBeGreaterThanOrEqual(2);
  });
});
