import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conditionOf } from '../objects/meta.ts';
import type { Node } from '../objects/node.ts';
import type { Pod } from '../objects/pod.ts';
import {
  createNode,
  paths,
  pod,
  setReady,
  startKubelets,
  type EventObject,
  type Kubelets,
} from '../testing/objects.ts';
import { startWorld, until, type World } from '../testing/start-world.ts';

let world: World;
let kubelets: Kubelets;

beforeEach(async () => {
  world = await startWorld({ controllers: { nodeMonitorGracePeriodMs: 600 } });
  kubelets = await startKubelets(world.client);
});

afterEach(async () => {
  await kubelets[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const node = async (isSo: (found: Node) => boolean) => {
  const [found] = await until<Node>(
    world.client,
    paths.nodes,
    ([one]) => one !== undefined && isSo(one),
  );
  return found;
};
const readiness = (found: Node | undefined) => conditionOf(found?.status, 'Ready')?.status;
const taintsOf = (found: Node | undefined) =>
  (found?.spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`).sort();

const toleration = (tolerationSeconds?: number) => ({
  key: 'node.kubernetes.io/unreachable',
  operator: 'Exists',
  effect: 'NoExecute',
  ...(tolerationSeconds !== undefined && { tolerationSeconds }),
});

/** A pod that runs on the node. */
async function run(name: string, spec: object = {}): Promise<Pod | undefined> {
  await world.client.create(paths.pods, pod(name, { spec: { nodeName: 'node-1', ...spec } }));
  return podOf(name, (one) => conditionOf(one.status, 'Ready')?.status === 'True');
}

async function podOf(name: string, isSo: (found: Pod) => boolean): Promise<Pod | undefined> {
  const isIt = (one: Pod) => one.metadata.name === name && isSo(one);
  return (await until<Pod>(world.client, paths.pods, (all) => all.some(isIt))).find(isIt);
}

describe('a node that falls silent', () => {
  it('is unknown, tainted, and its pods are not ready; all that ends when it is back', async () => {
    await createNode(world.client, 'node-1');
    await run('web', { tolerations: [toleration()] });
    const silent = await node((one) => readiness(one) === 'Unknown' && taintsOf(one).length === 2);
    expect(taintsOf(silent)).toEqual([
      'node.kubernetes.io/unreachable:NoExecute',
      'node.kubernetes.io/unreachable:NoSchedule',
    ]);
    expect(conditionOf(silent?.status, 'Ready')).toMatchObject({
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    });
    await podOf('web', (one) => conditionOf(one.status, 'Ready')?.status === 'False');
    await until<EventObject>(world.client, paths.events, (all) =>
      all.some(({ message }) => message === 'Node node-1 status is now: NodeNotReady'),
    );
    await setReady(world.client, 'node-1', 'True');
    await node((one) => readiness(one) === 'True' && taintsOf(one).length === 0);
  });

  it('is well as long as its lease is renewed', async () => {
    await createNode(world.client, 'node-1');
    const lease = `${paths.leases}/node-1`;
    await world.client.create(paths.leases, { metadata: { name: 'node-1' }, spec: leaseAt(0) });
    const seen: (string | undefined)[] = [];
    const stop = new AbortController();
    const { signal } = stop;
    const watching = world.client
      .watch<Node>(paths.nodes, { resourceVersion: '0', signal }, ({ object }) => {
        seen.push(readiness(object));
      })
      .catch(() => undefined);
    for (let second = 1; second <= 20; second++) {
      await world.client.patch(lease, 'merge', { spec: leaseAt(second) });
      await untilPassed(60);
    }
    expect(seen).not.toContain('Unknown');
    await node((one) => readiness(one) === 'Unknown');
    stop.abort();
    await watching;
  });

  it('loses the pods that do not tolerate it, after the time that they do', async () => {
    await createNode(world.client, 'node-1');
    await run('stays', { tolerations: [toleration()] });
    await run('leaves-later', { tolerations: [toleration(1)] });
    const isLeaving = (one: Pod) => one.metadata.deletionTimestamp !== undefined;
    const gone = (name: string) =>
      until<Pod>(
        world.client,
        paths.pods,
        (all) => !all.some((one) => one.metadata.name === name && !isLeaving(one)),
      );
    await node((one) => taintsOf(one).length === 2);
    const before = performance.now();
    await gone('leaves-later');
    expect(performance.now() - before).toBeLessThan(2500);
    const stays = await podOf('stays', () => true);
    expect(stays?.metadata.deletionTimestamp).toBeUndefined();
    await until<EventObject>(world.client, paths.events, (all) =>
      all.some(({ message }) => message === 'Marking for deletion Pod default/leaves-later'),
    );
  });

  it('keeps its pods when it is back in time', async () => {
    await createNode(world.client, 'node-1');
    await run('web', { tolerations: [toleration(30)] });
    await node((one) => taintsOf(one).length === 2);
    await setReady(world.client, 'node-1', 'True');
    await until<EventObject>(world.client, paths.events, (all) =>
      all.some(({ message }) => message === 'Cancelling deletion of Pod default/web'),
    );
  });
});

describe('a node', () => {
  it('that is not ready or cordoned is tainted, and other taints stay', async () => {
    const spec = { unschedulable: true, taints: [{ key: 'own', effect: 'NoSchedule' }] };
    await createNode(world.client, 'node-1', { spec });
    await setReady(world.client, 'node-1', 'False');
    const found = await node((one) => taintsOf(one).length === 4);
    expect(taintsOf(found)).toEqual([
      'node.kubernetes.io/not-ready:NoExecute',
      'node.kubernetes.io/not-ready:NoSchedule',
      'node.kubernetes.io/unschedulable:NoSchedule',
      'own:NoSchedule',
    ]);
  });

  it('that is deleted takes its pods with it', { timeout: 20_000 }, async () => {
    await createNode(world.client, 'node-1');
    await run('web', { tolerations: [toleration()] });
    await kubelets[Symbol.asyncDispose]();
    await world.client.delete(`${paths.nodes}/node-1`);
    await until(world.client, paths.pods, (all) => all.length === 0, 10_000);
  });
});

function leaseAt(second: number) {
  const renewTime = new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString().replace('Z', '000Z');
  return { holderIdentity: 'node-1', leaseDurationSeconds: 40, renewTime };
}

/** The kubelet's clock: it renews when it is time. */
function untilPassed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
