import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conditionOf } from '../objects/meta.ts';
import type { Pod } from '../objects/pod.ts';
import type { Deployment, ReplicaSet } from '../objects/workload.ts';
import {
  createNode,
  deployment,
  paths,
  pod,
  startKubelets,
  template,
  type EventObject,
  type Kubelets,
} from '../testing/objects.ts';
import { startWorld, until, type World } from '../testing/start-world.ts';

let world: World;
let kubelets: Kubelets;

beforeEach(async () => {
  world = await startWorld({ controllers: {} });
  kubelets = await startKubelets(world.client);
  for (const name of ['node-1', 'node-2', 'node-3']) await createNode(world.client, name);
});

afterEach(async () => {
  await kubelets[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const web = `${paths.deployments}/web`;

async function settled(isSo: (found: Deployment) => boolean): Promise<Deployment> {
  const isIt = (one: Deployment) =>
    one.metadata.name === 'web' &&
    one.status?.observedGeneration === one.metadata.generation &&
    isSo(one);
  const all = await until<Deployment>(world.client, paths.deployments, (list) => list.some(isIt));
  const found = all.find(isIt);
  if (!found) throw new Error('no Deployment');
  return found;
}

const isDone = ({ spec, status }: Deployment): boolean =>
  status?.updatedReplicas === spec.replicas &&
  status?.replicas === spec.replicas &&
  status?.availableReplicas === spec.replicas &&
  conditionOf(status, 'Progressing')?.reason === 'NewReplicaSetAvailable';

const replicaSets = async () =>
  (await world.client.get<{ readonly items: readonly ReplicaSet[] }>(paths.replicaSets)).items;

const setImage = (image: string) =>
  world.client.patch(web, 'merge', { spec: { template: template({ image }) } });

/** Watches the sizes during `work`: the most pods wanted, and the fewest available. */
async function extremesDuring(work: () => Promise<unknown>) {
  const sizes: { most: number; fewest: number } = { most: 0, fewest: Infinity };
  const stop = new AbortController();
  const { metadata } = await world.client.get<{
    readonly metadata: { readonly resourceVersion: string };
  }>(paths.deployments);
  const { resourceVersion } = metadata;
  const watching = world.client
    .watch<Deployment>(
      paths.deployments,
      { resourceVersion, signal: stop.signal },
      ({ object }) => {
        sizes.most = Math.max(sizes.most, object.status?.replicas ?? 0);
        sizes.fewest = Math.min(sizes.fewest, object.status?.availableReplicas ?? 0);
      },
    )
    .catch(() => undefined);
  await work();
  stop.abort();
  await watching;
  return sizes;
}

describe('a Deployment', () => {
  it('brings up its pods and says that it is available', async () => {
    await world.client.create(paths.deployments, deployment('web'));
    const done = await settled(isDone);
    expect(done.status).toMatchObject({ readyReplicas: 3, availableReplicas: 3 });
    expect(done.status?.unavailableReplicas).toBeUndefined();
    expect(conditionOf(done.status, 'Available')).toMatchObject({
      status: 'True',
      reason: 'MinimumReplicasAvailable',
      message: 'Deployment has minimum availability.',
    });
    const [set] = await replicaSets();
    const hash = set?.metadata.labels?.['pod-template-hash'] ?? '';
    expect(hash).toMatch(/^[bcdfghjklmnpqrstvwxz2-9]{7,10}$/);
    expect(set).toMatchObject({
      metadata: {
        name: `web-${hash}`,
        annotations: {
          'deployment.kubernetes.io/revision': '1',
          'deployment.kubernetes.io/desired-replicas': '3',
          'deployment.kubernetes.io/max-replicas': '4',
        },
      },
      spec: { selector: { matchLabels: { app: 'web', 'pod-template-hash': hash } } },
    });
    expect(done.metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision': '1' });
    const events = await until<EventObject>(world.client, paths.events, (all) =>
      all.some(({ reason }) => reason === 'ScalingReplicaSet'),
    );
    expect(events.find(({ reason }) => reason === 'ScalingReplicaSet')?.message).toBe(
      `Scaled up replica set web-${hash} from 0 to 3`,
    );
  });

  it('rolls within maxSurge and maxUnavailable, and keeps the old revision', async () => {
    const rollingUpdate = { maxSurge: 1, maxUnavailable: 1 };
    const spec = { replicas: 5, strategy: { type: 'RollingUpdate', rollingUpdate } };
    await world.client.create(paths.deployments, deployment('web', spec));
    await settled(isDone);
    const { most, fewest } = await extremesDuring(async () => {
      await setImage('two');
      await settled(
        (one) =>
          isDone(one) && one.metadata.annotations?.['deployment.kubernetes.io/revision'] === '2',
      );
    });
    expect(most).toBeLessThanOrEqual(6);
    expect(fewest).toBeGreaterThanOrEqual(4);
    const sets = await replicaSets();
    expect(sets.map(({ spec: { replicas } }) => replicas).sort()).toEqual([0, 5]);
  });

  it('goes back to an old template under a new revision', async () => {
    await world.client.create(paths.deployments, deployment('web'));
    await settled(isDone);
    await setImage('two');
    await settled((one) => isDone(one) && revisionOf(one) === '2');
    await setImage('one');
    await settled((one) => isDone(one) && revisionOf(one) === '3');
    const sets = await replicaSets();
    expect(sets.map(revisionOf).sort()).toEqual(['2', '3']);
    const back = sets.find((set) => revisionOf(set) === '3');
    expect(back?.metadata.annotations?.['deployment.kubernetes.io/revision-history']).toBe('1');
  });

  it('keeps what works when the new template does not, and says when it takes too long', async () => {
    kubelets.broken.add('broken');
    await world.client.create(
      paths.deployments,
      deployment('web', { progressDeadlineSeconds: 1, replicas: 4 }),
    );
    await settled(isDone);
    await setImage('broken');
    const stuck = await settled(
      ({ status }) => conditionOf(status, 'Progressing')?.reason === 'ProgressDeadlineExceeded',
    );
    expect(stuck.status).toMatchObject({
      availableReplicas: 3,
      updatedReplicas: 2,
      unavailableReplicas: 2,
    });
    const progress = conditionOf(stuck.status, 'Progressing');
    expect(progress?.status).toBe('False');
    expect(progress?.message).toMatch(/^ReplicaSet "web-\w+" has timed out progressing\.$/);
    // Its unhealthy pods make way for the next template.
    await setImage('three');
    await settled(isDone);
  });

  it('is scaled in the middle of a rollout in proportion', async () => {
    kubelets.broken.add('broken');
    const rollingUpdate = { maxSurge: 3, maxUnavailable: 2 };
    const spec = { replicas: 10, strategy: { type: 'RollingUpdate', rollingUpdate } };
    await world.client.create(paths.deployments, deployment('web', spec));
    await settled(isDone);
    await setImage('broken');
    await settled(({ status }) => status?.updatedReplicas === 5 && status.availableReplicas === 8);
    await world.client.patch(web, 'merge', { spec: { replicas: 15 } });
    await settled(({ status }) => status?.replicas === 18);
    // https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#proportional-scaling
    const sizes = (await replicaSets()).map(({ spec: { replicas } }) => replicas).sort();
    expect(sizes).toEqual([11, 7]);
  });

  it('does not roll while it is paused, and rolls when it goes on', async () => {
    await world.client.create(paths.deployments, deployment('web'));
    await settled(isDone);
    await world.client.patch(web, 'merge', { spec: { paused: true } });
    await settled(
      ({ status }) => conditionOf(status, 'Progressing')?.reason === 'DeploymentPaused',
    );
    await setImage('two');
    await world.client.patch(web, 'merge', { spec: { replicas: 2 } });
    await settled(({ status }) => status?.replicas === 2);
    expect(await replicaSets()).toHaveLength(1);
    await world.client.patch(web, 'merge', { spec: { paused: false } });
    await settled((one) => isDone(one) && revisionOf(one) === '2');
  });

  it('ends all old pods before the first new one where it is to be recreated', async () => {
    await world.client.create(
      paths.deployments,
      deployment('web', { strategy: { type: 'Recreate' } }),
    );
    await settled(isDone);
    const end = Promise.withResolvers<undefined>();
    kubelets.mayEnd.until = end.promise;
    await setImage('two');
    // Its status says that no pod counts any more; they are still there.
    await settled(
      ({ status }) => (status?.replicas ?? 0) === 0 && status?.unavailableReplicas === undefined,
    );
    expect(await replicaSets()).toHaveLength(1);
    end.resolve(undefined);
    await settled((one) => isDone(one) && revisionOf(one) === '2');
  });

  it('forgets revisions beyond its limit', async () => {
    await world.client.create(paths.deployments, deployment('web', { revisionHistoryLimit: 1 }));
    await settled(isDone);
    for (const [image, revision] of [
      ['two', '2'],
      ['three', '3'],
    ] as const) {
      await setImage(image);
      await settled((one) => isDone(one) && revisionOf(one) === revision);
    }
    const left = await until<ReplicaSet>(
      world.client,
      paths.replicaSets,
      (all) => all.length === 2,
    );
    expect(left.map(revisionOf).sort()).toEqual(['2', '3']);
  });

  it('writes nothing when nothing changes', async () => {
    await world.client.create(paths.deployments, deployment('web'));
    await settled(isDone);
    await touch('a');
    const before = world.requests.length;
    await touch('b');
    await touch('c');
    const statusWrites = world.requests
      .slice(before)
      .filter(({ method, url }) => method !== 'GET' && url?.endsWith('/status'));
    expect(statusWrites).toEqual([]);
  });
});

/** Has the controller look at the Deployment: annotations are passed on to its ReplicaSets. */
async function touch(value: string): Promise<void> {
  await world.client.patch(web, 'merge', { metadata: { annotations: { touched: value } } });
  await until<ReplicaSet>(world.client, paths.replicaSets, (all) =>
    all.some(({ metadata }) => metadata.annotations?.touched === value),
  );
}

describe('a ReplicaSet', () => {
  const set = (replicas: number) => ({
    metadata: { name: 'own' },
    spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: template() },
  });

  it('makes what is missing and deletes the surplus, the least useful first', async () => {
    await world.client.create(paths.replicaSets, set(3));
    const ready = (all: readonly Pod[], count: number) =>
      all.length === count && all.every((one) => one.status?.phase === 'Running');
    const byAge = [...(await until<Pod>(world.client, paths.pods, (all) => ready(all, 3)))].sort(
      (one, other) => Number(hostOf(one)) - Number(hostOf(other)),
    );
    // Of equals the first would go first: they are worth the more the older they are.
    for (const [index, { metadata }] of byAge.entries()) {
      const annotations = { 'controller.kubernetes.io/pod-deletion-cost': String(-index) };
      await world.client.patch(`${paths.pods}/${metadata.name}`, 'merge', {
        metadata: { annotations },
      });
    }
    const name = byAge[0]?.metadata.name ?? '';
    await world.client.patch(`${paths.replicaSets}/own`, 'merge', { spec: { replicas: 1 } });
    const left = await until<Pod>(world.client, paths.pods, (all) => ready(all, 1));
    expect(left.map(({ metadata }) => metadata.name)).toEqual([name]);
    await world.client.delete(`${paths.pods}/${name}`);
    const replaced = await until<Pod>(
      world.client,
      paths.pods,
      (all) => ready(all, 1) && all[0]?.metadata.name !== name,
    );
    expect(replaced[0]?.metadata.generateName).toBe('own-');
  });

  it('adopts pods that match and lets go of those that no longer do', async () => {
    await world.client.create(paths.pods, pod('orphan', { labels: { app: 'web' } }));
    await world.client.create(paths.replicaSets, set(1));
    const isOwned = (one: Pod) => one.metadata.ownerReferences?.[0]?.name === 'own';
    const adopted = await until<Pod>(world.client, paths.pods, (all) => all.some(isOwned));
    expect(adopted.map(({ metadata }) => metadata.name)).toEqual(['orphan']);
    const labels = { app: 'other' };
    await world.client.patch(`${paths.pods}/orphan`, 'merge', { metadata: { labels } });
    const apart = await until<Pod>(
      world.client,
      paths.pods,
      (all) => all.length === 2 && all.filter(isOwned).length === 1,
    );
    expect(
      apart.find(({ metadata }) => metadata.name === 'orphan')?.metadata.ownerReferences ?? [],
    ).toEqual([]);
  });
});

describe('with caches that are always a little old', () => {
  it('a ReplicaSet never makes too many pods, however quickly it is scaled', async () => {
    await using late = await startWorld({ controllers: { lagMs: 30 } });
    await createNode(late.client, 'node-1');
    const own = await startKubelets(late.client);
    const spec = { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: template() };
    await late.client.create(paths.replicaSets, { metadata: { name: 'own' }, spec });
    const names = new Set<string>();
    const stop = new AbortController();
    const watching = late.client
      .watch<Pod>(paths.pods, { resourceVersion: '0', signal: stop.signal }, ({ type, object }) => {
        if (type === 'ADDED') names.add(object.metadata.name);
      })
      .catch(() => undefined);
    for (const replicas of [2, 5, 9, 20]) {
      await late.client.patch(`${paths.replicaSets}/own`, 'merge', { spec: { replicas } });
    }
    await until<ReplicaSet>(
      late.client,
      paths.replicaSets,
      ([own]) => own?.status?.availableReplicas === 20,
      10_000,
    );
    stop.abort();
    await watching;
    await own[Symbol.asyncDispose]();
    expect(names.size).toBe(20);
  });
});

function hostOf({ status }: Pod): string | undefined {
  return status?.podIP?.split('.')[3];
}

function revisionOf({ metadata }: Deployment | ReplicaSet): string | undefined {
  return metadata.annotations?.['deployment.kubernetes.io/revision'];
}
