import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject, OwnerReference } from '../../../proxies/kit/api/api-client.ts';
import type { Namespace } from '../objects/namespace.ts';
import {
  createNode,
  deployment,
  paths,
  pod,
  startKubelets,
  type Kubelets,
} from '../testing/objects.ts';
import { startWorld, until, type World } from '../testing/start-world.ts';

let world: World;
let kubelets: Kubelets;

beforeEach(async () => {
  world = await startWorld({ controllers: {} });
  kubelets = await startKubelets(world.client);
});

afterEach(async () => {
  await kubelets[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const create = (
  name: string,
  owners: readonly OwnerReference[] = [],
  finalizers: readonly string[] = [],
) =>
  world.client.create(paths.configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, ownerReferences: owners, finalizers },
  });
const ownerOf = ({ metadata }: KubeObject, blockOwnerDeletion = false): OwnerReference => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: metadata.name,
  uid: metadata.uid ?? '',
  blockOwnerDeletion,
});
const remove = (name: string, propagationPolicy = 'Background') =>
  world.client.delete(`${paths.configMaps}/${name}`, { propagationPolicy });

/** Waits until exactly these are left, but for what every namespace has. */
const left = (...names: readonly string[]) =>
  until(
    world.client,
    paths.configMaps,
    (all) =>
      namesOf(all.filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt')) ===
      [...names].sort().join(),
  );

function namesOf(objects: readonly KubeObject[]): string {
  return objects
    .map(({ metadata }) => metadata.name)
    .sort()
    .join();
}

describe('the garbage collector', () => {
  it('deletes dependents after their owner, and theirs', async () => {
    const owner = await create('owner');
    const dependent = await create('dependent', [ownerOf(owner)]);
    await create('grandchild', [ownerOf(dependent)]);
    await create('free');
    await remove('owner');
    await left('free');
  });

  it('keeps what has another owner, and takes the lost one off', async () => {
    const [one, two] = [await create('one'), await create('two')];
    await create('shared', [ownerOf(one), ownerOf(two)]);
    await remove('one');
    await left('shared', 'two');
    const [shared] = await until(world.client, paths.configMaps, (all) =>
      all.some(
        ({ metadata }) => metadata.name === 'shared' && metadata.ownerReferences?.length === 1,
      ),
    ).then((all) => all.filter(({ metadata }) => metadata.name === 'shared'));
    expect(shared?.metadata.ownerReferences?.[0]?.name).toBe('two');
  });

  it('deletes in the foreground from the leaves up', async () => {
    const owner = await create('owner');
    const dependent = await create('dependent', [ownerOf(owner, true)], ['example.com/hold']);
    await remove('owner', 'Foreground');
    const held = await until(world.client, paths.configMaps, (all) =>
      all.some(({ metadata }) => metadata.name === 'dependent' && metadata.deletionTimestamp),
    );
    expect(held.find(({ metadata }) => metadata.name === 'owner')?.metadata.finalizers).toEqual([
      'foregroundDeletion',
    ]);
    await world.client.patch(`${paths.configMaps}/${dependent.metadata.name}`, 'merge', {
      metadata: { finalizers: null },
    });
    await left();
  });

  it('lets dependents go where they are to be orphaned', async () => {
    const owner = await create('owner');
    await create('dependent', [ownerOf(owner)]);
    await remove('owner', 'Orphan');
    const [orphan] = (await left('dependent')).filter(
      ({ metadata }) => metadata.name === 'dependent',
    );
    expect(orphan?.metadata.ownerReferences ?? []).toEqual([]);
  });

  it('deletes what names an owner that never was, or has another uid', async () => {
    const owner = await create('owner');
    await create('never', [
      { ...ownerOf(owner), name: 'nobody', uid: 'b4d5a7e0-0000-4000-8000-000000000000' },
    ]);
    await create('other', [{ ...ownerOf(owner), uid: 'b4d5a7e0-0000-4000-8000-000000000001' }]);
    await create('own', [ownerOf(owner)]);
    await left('own', 'owner');
  });

  it('takes a Deployment apart down to its pods', async () => {
    await createNode(world.client, 'node-1');
    await world.client.create(paths.deployments, deployment('web'));
    await until(world.client, paths.pods, (all) => all.length === 3);
    await world.client.delete(`${paths.deployments}/web`, { propagationPolicy: 'Foreground' });
    await until(world.client, paths.pods, (all) => all.length === 0);
    await until(world.client, paths.deployments, (all) => all.length === 0);
  });
});

describe('a namespace', () => {
  const namespaces = '/api/v1/namespaces';

  it('is given its ServiceAccount and the authority, and again when they are taken away', async () => {
    await world.client.create(namespaces, { metadata: { name: 'shop' } });
    const accounts = `${namespaces}/shop/serviceaccounts`;
    const has = (name: string) => (all: readonly KubeObject[]) =>
      all.some(({ metadata }) => metadata.name === name);
    await until(world.client, accounts, has('default'));
    const [authority] = await until(
      world.client,
      `${namespaces}/shop/configmaps`,
      has('kube-root-ca.crt'),
    );
    expect(authority).toMatchObject({ data: { 'ca.crt': 'root' } });
    const before = await world.client.get(`${accounts}/default`);
    await world.client.delete(`${accounts}/default`);
    await until(
      world.client,
      accounts,
      ([one]) => one !== undefined && one.metadata.uid !== before.metadata.uid,
    );
  });

  it('takes everything with it, and is gone when all is gone', async () => {
    await createNode(world.client, 'node-1');
    await world.client.create(namespaces, { metadata: { name: 'shop' } });
    await world.client.create('/apis/apps/v1/namespaces/shop/deployments', deployment('web'));
    await until(world.client, `${namespaces}/shop/pods`, (all) => all.length === 3);
    await world.client.delete(`${namespaces}/shop`);
    await until(
      world.client,
      namespaces,
      (all) => !all.some(({ metadata }) => metadata.name === 'shop'),
    );
    for (const path of [`${namespaces}/shop/pods`, '/apis/apps/v1/namespaces/shop/replicasets']) {
      const { items } = await world.client.get<{ readonly items: readonly KubeObject[] }>(path);
      expect(items).toEqual([]);
    }
  });

  it('says what holds it', async () => {
    await world.client.create(namespaces, { metadata: { name: 'shop' } });
    const finalizers = ['example.com/hold'];
    const held = { ...pod('held'), metadata: { name: 'held', finalizers } };
    await world.client.create(`${namespaces}/shop/pods`, held);
    await world.client.delete(`${namespaces}/shop`);
    const messageOf = (one: Namespace | undefined, wanted: string) =>
      one?.status?.conditions?.find(({ type }) => type === wanted)?.message;
    const all = await until<Namespace>(world.client, namespaces, (found) =>
      found.some((one) => messageOf(one, 'NamespaceContentRemaining')),
    );
    const shop = all.find(({ metadata }) => metadata.name === 'shop');
    expect(messageOf(shop, 'NamespaceContentRemaining')).toBe(
      'Some resources are remaining: pods. has 1 resource instances',
    );
    expect(messageOf(shop, 'NamespaceFinalizersRemaining')).toBe(
      'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    );
    await world.client.patch(`${namespaces}/shop/pods/held`, 'merge', {
      metadata: { finalizers: null },
    });
    await until(
      world.client,
      namespaces,
      (found) => !found.some(({ metadata }) => metadata.name === 'shop'),
    );
  });
});
