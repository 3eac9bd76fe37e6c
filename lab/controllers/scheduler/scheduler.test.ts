import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Pod } from '../objects/pod.ts';
import { createNode, paths, pod, setReady, type EventObject } from '../testing/objects.ts';
import { startWorld, until, type World } from '../testing/start-world.ts';
import { valueOf } from './quantity.ts';

let world: World;

beforeEach(async () => {
  world = await startWorld({ controllers: {} });
});

afterEach(() => world[Symbol.asyncDispose]());

const create = (name: string, rest: Parameters<typeof pod>[1] = {}) =>
  world.client.create(paths.pods, pod(name, rest));

/** The nodes of the pods, when all have one. */
async function nodesOf(...names: readonly string[]): Promise<readonly (string | undefined)[]> {
  const pods = await until<Pod>(world.client, paths.pods, (all) =>
    names.every((name) => all.some((one) => one.metadata.name === name && one.spec.nodeName)),
  );
  return names.map((name) => pods.find(({ metadata }) => metadata.name === name)?.spec.nodeName);
}

/** Why a pod has no node, in its condition. */
async function reasonFor(
  name: string,
  isSo = (message: string) => message !== '',
): Promise<string> {
  const messageOf = (all: readonly Pod[]) =>
    all
      .find(({ metadata }) => metadata.name === name)
      ?.status?.conditions?.find(({ reason }) => reason === 'Unschedulable')?.message ?? '';
  return messageOf(await until<Pod>(world.client, paths.pods, (all) => isSo(messageOf(all))));
}

describe('the scheduler', () => {
  it('spreads pods over the nodes with the fewest, and says where each went', async () => {
    for (const name of ['node-1', 'node-2', 'node-3']) await createNode(world.client, name);
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(names.map((name) => create(name)));
    const counts = Map.groupBy(await nodesOf(...names), (node) => node);
    expect([...counts.values()].map(({ length }) => length)).toEqual([2, 2, 2]);
    const events = await until<EventObject>(
      world.client,
      paths.events,
      (all) => all.filter(({ reason }) => reason === 'Scheduled').length === 6,
    );
    const [node] = await nodesOf('a');
    expect(events.map(({ message }) => message)).toContain(
      `Successfully assigned default/a to ${node ?? ''}`,
    );
  });

  it('says that there are no nodes, and goes on when one comes', async () => {
    await create('lonely');
    expect(await reasonFor('lonely')).toBe('no nodes available to schedule pods');
    await createNode(world.client, 'node-1');
    expect(await nodesOf('lonely')).toEqual(['node-1']);
  });

  it('names each reason with the number of nodes that have it', async () => {
    await createNode(world.client, 'cordoned', { spec: { unschedulable: true } });
    await createNode(world.client, 'tainted', {
      spec: { taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] },
    });
    await createNode(world.client, 'small', {
      allocatable: { cpu: '500m', pods: '110', memory: '1Gi' },
    });
    await create('large', {
      spec: { containers: [{ name: 'a', image: 'a', resources: { requests: { cpu: '2' } } }] },
    });
    const reason = await reasonFor('large', (message) => message.startsWith('0/3'));
    expect(reason).toBe(
      '0/3 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint {dedicated: db}, 1 node(s) were unschedulable. preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.',
    );
    const [event] = await until<EventObject>(world.client, paths.events, (all) =>
      all.some(({ reason: why, message }) => why === 'FailedScheduling' && message === reason),
    ).then((all) => all.filter(({ message }) => message === reason));
    expect(event).toMatchObject({
      type: 'Warning',
      involvedObject: { kind: 'Pod', name: 'large' },
    });
  });

  it('sends pods to nodes that they select, tolerate and prefer', async () => {
    await createNode(world.client, 'plain');
    await createNode(world.client, 'fast', { labels: { disk: 'ssd', cores: '16' } });
    await createNode(world.client, 'kept', {
      spec: { taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] },
    });
    await create('selects', { spec: { nodeSelector: { disk: 'ssd' } } });
    await create('tolerates', {
      spec: {
        tolerations: [{ key: 'dedicated', operator: 'Exists' }],
        affinity: nodeAffinity({
          matchFields: [{ key: 'metadata.name', operator: 'In', values: ['kept'] }],
        }),
      },
    });
    await create('requires', {
      spec: {
        affinity: nodeAffinity({
          matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['8'] }],
        }),
      },
    });
    expect(await nodesOf('selects', 'tolerates', 'requires')).toEqual(['fast', 'kept', 'fast']);
  });

  it('keeps pods apart that must not share a node', async () => {
    for (const name of ['node-1', 'node-2'])
      await createNode(world.client, name, { labels: { host: name } });
    const labels = { app: 'db' };
    const terms = [{ topologyKey: 'host', labelSelector: { matchLabels: labels } }];
    const apart = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } };
    for (const name of ['one', 'two']) await create(name, { labels, spec: { affinity: apart } });
    const nodes = await nodesOf('one', 'two');
    expect([...nodes].sort()).toEqual(['node-1', 'node-2']);
    await create('three', { labels, spec: { affinity: apart } });
    expect(await reasonFor('three')).toContain("2 node(s) didn't match pod anti-affinity rules");
    await world.client.delete(`${paths.pods}/two`, { gracePeriodSeconds: 0 });
    expect(await nodesOf('three')).toEqual([nodes[1]]);
  });

  it('gives no pods to a node that is not ready', async () => {
    await createNode(world.client, 'down');
    await setReady(world.client, 'down', 'Unknown');
    await create('waits');
    expect(await reasonFor('waits')).toContain(
      '1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }',
    );
    await setReady(world.client, 'down', 'True');
    expect(await nodesOf('waits')).toEqual(['down']);
  });

  it('leaves alone what is gated, placed or not its own', async () => {
    await createNode(world.client, 'node-1');
    await create('placed', { spec: { nodeName: 'elsewhere' } });
    await create('gated', { spec: { schedulingGates: [{ name: 'example.com/wait' }] } });
    await create('foreign', { spec: { schedulerName: 'other' } });
    await create('own');
    expect(await nodesOf('own')).toEqual(['node-1']);
    const pods = await until<Pod>(world.client, paths.pods, (all) => all.length === 4);
    const placed = pods.filter(({ spec }) => spec.nodeName).map(({ metadata }) => metadata.name);
    expect(placed.sort()).toEqual(['own', 'placed']);
  });
});

describe('quantities', () => {
  it.each([
    ['250m', 0.25],
    ['2', 2],
    ['1Gi', 2 ** 30],
    ['1e3', 1000],
    ['1.5k', 1500],
    ['none', 0],
  ])('reads %s as %d', (text, value) => {
    expect(valueOf(text)).toBe(value);
  });
});

function nodeAffinity(term: object) {
  const nodeSelectorTerms = [term];
  return {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
  };
}
