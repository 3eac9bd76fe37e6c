/** Which nodes a load balancer is given, and when it is told of them: upstream's stable set of nodes. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createControllerWorld,
  nodeOf,
  serviceOf,
  servicesPath,
  type ControllerWorld,
} from '../testing/controller-world.ts';
import { exclusionLabel, goingTaint } from '../facts/nodes.ts';

const nodesPath = '/api/v1/nodes';

let world: ControllerWorld;

beforeEach(async () => {
  world = createControllerWorld();
  for (const name of ['node-1', 'node-2', 'node-3']) {
    await world.cluster.api.create(nodesPath, nodeOf(name));
  }
});

afterEach(() => world[Symbol.asyncDispose]());

/** `web` is served by all nodes. */
async function serve(...names: string[]): Promise<void> {
  await world.start();
  for (const name of names) await world.cluster.api.create(servicesPath, serviceOf(name));
  const isServed = () => names.every((name) => world.service(name)?.status?.loadBalancer);
  await world.until(isServed);
  await world.settle();
  world.cloud.calls.length = 0;
  world.events.length = 0;
}

const change = (name: string, patch: object) =>
  world.cluster.api.patch(`${nodesPath}/${name}`, 'merge', patch);
const changeStatus = (name: string, status: object) =>
  world.cluster.api.patch(`${nodesPath}/${name}/status`, 'merge', { status });
const exclude = (name: string, value: string | null) =>
  change(name, { metadata: { labels: { [exclusionLabel]: value } } });
/** Without questions. */
const changes = () => world.cloud.calls.filter((call) => !call.startsWith('get'));
const updates = () => world.cloud.calls.filter((call) => call.startsWith('update'));

describe('a node', () => {
  it.for([
    ['true', false],
    ['1', false],
    ['', false],
    ['maybe', false],
    ['no', false],
    ['false', true],
    ['F', true],
    ['0', true],
  ] as const)('whose exclusion label says "%s" is included: %s', async ([value, isIncluded]) => {
    await exclude('node-2', value);
    await world.start();
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.until(() => world.cloud.calls.some((call) => call.startsWith('ensure')));
    const expected = isIncluded ? 'node-1 node-2 node-3' : 'node-1 node-3';
    expect(world.cloud.calls.at(-1)).toBe(`ensure default/web ${expected}`);
  });

  it.for([
    [
      'tainted by the autoscaler',
      { spec: { taints: [{ key: goingTaint, effect: 'NoSchedule' }] } },
    ],
    [
      'being deleted',
      { metadata: { deletionTimestamp: '2026-11-22T02:36:14Z', finalizers: ['a/b'] } },
    ],
  ] as const)('that is %s gets nothing', async ([, patch]) => {
    await change('node-2', patch);
    await world.start();
    await world.cluster.api.create(servicesPath, serviceOf());
    await world.until(() => world.cloud.calls.some((call) => call.startsWith('ensure')));
    expect(world.cloud.calls.at(-1)).toBe('ensure default/web node-1 node-3');
  });

  it('that is not ready stays: the health check decides', async () => {
    await serve('web');
    await changeStatus('node-2', { conditions: [{ type: 'Ready', status: 'False' }] });
    await change('node-2', { spec: { unschedulable: true, taints: [{ key: 'other' }] } });
    await world.settle();
    await world.clock.pass(100_000);
    await world.settle();
    expect(changes()).toEqual([]);
  });
});

describe('load balancers are told at once', () => {
  it.for([
    [
      'that was added',
      () => world.cluster.api.create(nodesPath, nodeOf('node-4')),
      'node-1 node-2 node-3 node-4',
    ],
    ['that is gone', () => world.cluster.api.delete(`${nodesPath}/node-2`), 'node-1 node-3'],
    ['that is excluded', () => exclude('node-2', 'true'), 'node-1 node-3'],
    [
      'whose providerID is another',
      () => change('node-2', { spec: { providerID: 'lab://other' } }),
      'node-1 node-2 node-3',
    ],
    [
      'whose address is another',
      () => changeStatus('node-2', { addresses: [{ type: 'InternalIP', address: '172.30.0.99' }] }),
      'node-1 node-2 node-3',
    ],
  ] as const)('of a node %s', async ([, act, expected]) => {
    await serve('web', 'api');
    await act();
    await world.until(() => updates().length === 2);
    await world.until(() => world.events.length === 2);
    expect(updates().toSorted()).toEqual([
      `update default/api ${expected}`,
      `update default/web ${expected}`,
    ]);
    expect(world.events).toContain(
      'Normal UpdatedLoadBalancer web: Updated load balancer with new hosts',
    );
  });

  it('of one that is included again', async () => {
    await exclude('node-2', 'true');
    await serve('web');
    await exclude('node-2', null);
    await world.until(() => updates().length === 1);
    expect(updates()).toEqual(['update default/web node-1 node-2 node-3']);
  });
});

it('a taint alone counts when load balancers are looked at next, at most 100 seconds later', async () => {
  await serve('web');
  await change('node-2', { spec: { taints: [{ key: goingTaint, effect: 'NoSchedule' }] } });
  await world.settle();
  await world.clock.pass(99_000);
  await world.settle();
  expect(changes()).toEqual([]);
  await world.clock.pass(1000);
  await world.until(() => updates().length === 1);
  expect(updates()).toEqual(['update default/web node-1 node-3']);
});

it('a label that changes without another effect is no news', async () => {
  await serve('web');
  await exclude('node-2', 'false');
  await change('node-2', { metadata: { labels: { zone: 'a' } } });
  await world.settle();
  expect(changes()).toEqual([]);
});

it('only the Services for which it failed are tried again', async () => {
  await serve('web', 'api');
  world.cloud.onCall = (call, service) => {
    if (call === 'update' && service?.metadata.name === 'web') throw new Error('busy');
  };
  await exclude('node-2', 'true');
  await world.until(() => world.cloud.calls.some((call) => call.startsWith('ensure')));
  await world.settle();
  expect(world.cloud.calls.filter((call) => call.startsWith('ensure'))).toEqual([
    'ensure default/web node-1 node-3',
  ]);
  expect(world.events).toContain(
    'Warning UpdateLoadBalancerFailed web: Error updating load balancer with new hosts [node-1 node-3] [node names limited, total number of nodes: 2], error: busy',
  );
});

it('names twenty nodes of a failure at most', async () => {
  for (let index = 10; index < 40; index += 1) {
    await world.cluster.api.create(nodesPath, nodeOf(`node-${index}`));
  }
  await serve('web');
  world.cloud.onCall = (call) => {
    if (call === 'update') throw new Error('busy');
  };
  await exclude('node-2', 'true');
  await world.until(() => world.events.some((event) => event.includes('UpdateLoadBalancerFailed')));
  expect(world.events.join()).toMatch(
    / <12 more>\] \[node names limited, total number of nodes: 32\]/,
  );
});

it('says so when no node is left, and still asks the cloud', async () => {
  await serve('web');
  for (const name of ['node-1', 'node-2', 'node-3']) await exclude(name, 'true');
  await world.until(() => world.events.some((event) => event.includes('UnAvailable')));
  await world.until(() => changes().at(-1) === 'update default/web');
  expect(world.events).toContain(
    'Warning UnAvailableLoadBalancer web: There are no available nodes for LoadBalancer',
  );
  await world.cluster.api.create(servicesPath, serviceOf('api'));
  await world.until(() => world.service('api')?.status?.loadBalancer !== undefined);
  expect(world.events).toContain(
    'Warning UnAvailableLoadBalancer api: There are no available nodes for LoadBalancer',
  );
});

it('a slow update never takes away the node that came meanwhile', async () => {
  await serve('web');
  const { promise: mayGoOn, resolve: letGo } = Promise.withResolvers<undefined>();
  world.cloud.onCall = (call) => (call === 'update' ? mayGoOn.then(() => undefined) : undefined);
  await exclude('node-2', 'true');
  await world.until(() => updates().length === 1);
  await world.cluster.api.create(nodesPath, nodeOf('node-4'));
  await world.cluster.api.patch(`${servicesPath}/web`, 'merge', {
    metadata: { annotations: { a: 'b' } },
  });
  await world.settle();
  letGo(undefined);
  await world.until(() => world.cloud.calls.length >= 2);
  await world.settle();
  expect(world.cloud.most.perService).toBe(1);
  expect([...world.cloud.balancers.values()].map(({ nodes }) => nodes.join())).toEqual([
    'node-1,node-3,node-4',
  ]);
});

it('a node that comes while a load balancer is being deleted does not bring it back', async () => {
  await serve('web');
  const { promise: mayGoOn, resolve: letGo } = Promise.withResolvers<undefined>();
  world.cloud.onCall = (call) => (call === 'delete' ? mayGoOn.then(() => undefined) : undefined);
  await world.cluster.api.delete(`${servicesPath}/web`);
  await world.until(() => world.cloud.calls.includes('delete default/web'));
  await world.cluster.api.create(nodesPath, nodeOf('node-4'));
  await world.settle();
  letGo(undefined);
  await world.until(() => world.service('web') === undefined);
  await world.settle();
  expect(world.cloud.balancers.size).toBe(0);
  expect(updates()).toEqual([]);
});
