/** The API client and its watch caches, against an apiserver and a wire that fail. */
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiClient, type KubeObject } from '../../proxies/kit/api/api-client.ts';
import { ApiError, UnreachableError } from '../../proxies/kit/api/errors.ts';
import { startInformer, type CacheChange, type Informer } from '../../proxies/kit/api/informer.ts';
import { startFragileWire, type FragileWire } from './testing/fragile-wire.ts';
import { startWorld, type World } from './testing/start-world.ts';

const path = '/api/v1/namespaces/default/configmaps';

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

let world: World;
let wire: FragileWire;
let running: AsyncDisposableStack;

beforeEach(async () => {
  running = new AsyncDisposableStack();
  world = running.use(await startWorld());
  wire = running.use(await startFragileWire(world.connection.server));
});

afterEach(() => running.disposeAsync());

/** An informer over the fragile wire, and all that it has told. */
async function follow() {
  const client = running.use(createApiClient({ ...world.connection, server: wire.server }));
  const informer = running.use(startInformer<ConfigMap>(client, { path }));
  const told: CacheChange<ConfigMap>[] = [];
  informer.onChange((change) => told.push(change));
  await informer.synced;
  return { client, informer, told };
}

const write = (name: string, value: string) =>
  world.client.update(`${path}/${name}`, { metadata: { name }, data: { value } });
const create = (name: string, value = '0') =>
  world.client.create(path, { metadata: { name }, data: { value } });

/** Waits until the cache shows what the server has. */
async function caughtUp(informer: Informer<ConfigMap>): Promise<void> {
  const { items } = await world.client.get<{ readonly items: readonly ConfigMap[] }>(path);
  const wanted = versions(items);
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const look = () => {
    if (versions(informer.list()) === wanted) resolve(undefined);
  };
  const listening = informer.onChange(look);
  look();
  await promise;
  listening[Symbol.dispose]();
}

function versions(objects: readonly KubeObject[]): string {
  return objects
    .map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`)
    .sort()
    .join();
}

/** What a listener may count on: each change once, in order, and from the state it was told before. */
function expectConsistent(told: readonly CacheChange<ConfigMap>[]): void {
  const shown = new Map<string, ConfigMap>();
  for (const change of told) {
    const { object, type } = change;
    const known = shown.get(object.metadata.name);
    if (type === 'added') expect(known).toBeUndefined();
    else expect(known).toBeDefined();
    if (type === 'changed') {
      expect(change.previous).toBe(known);
      expect(Number(object.metadata.resourceVersion)).toBeGreaterThan(
        Number(known?.metadata.resourceVersion),
      );
    }
    if (type === 'deleted') shown.delete(object.metadata.name);
    else shown.set(object.metadata.name, object);
  }
}

describe('a watch cache', () => {
  it('lists in pages and tells each object once', async () => {
    const names = Array.from({ length: 1100 }, (_, index) => `config-${index}`);
    await Promise.all(names.map((name) => create(name)));
    const { informer, told } = await follow();
    expect(informer.list()).toHaveLength(1100);
    expect(told).toHaveLength(1100);
    const pages = world.requests.filter(
      ({ url }) => url?.startsWith(path) && url.includes('limit'),
    );
    expect(pages).toHaveLength(3);
  });

  it('tells what was created, changed and deleted', async () => {
    const { informer, told } = await follow();
    await create('one');
    await write('one', '1');
    await world.client.delete(`${path}/one`);
    await create('last');
    await caughtUp(informer);
    expect(told.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
      'added one',
      'changed one',
      'deleted one',
      'added last',
    ]);
    expectConsistent(told);
  });

  it('loses nothing and repeats nothing when connections break in the middle of events', async () => {
    const { informer, told } = await follow();
    await create('counted');
    for (let value = 1; value <= 60; value++) {
      if (value % 10 === 0) wire.cutAfter(1 + value * 7);
      await write('counted', String(value));
      if (value % 10 === 9) await caughtUp(informer);
      else await setImmediate();
    }
    await caughtUp(informer);
    expectConsistent(told);
    const values = told.map(({ object }) => object.data?.value);
    expect(values).toEqual(Array.from({ length: 61 }, (_, value) => String(value)));
    expect(wire.connections).toBeGreaterThan(3);
  });

  it('goes on where it was when the apiserver is started again', async () => {
    const { informer, told } = await follow();
    await create('before');
    await caughtUp(informer);
    const listed = listings();
    await world.restartApiserver();
    await create('after');
    await caughtUp(informer);
    expectConsistent(told);
    expect(told.map(({ object }) => object.metadata.name)).toEqual(['before', 'after']);
    expect(listings()).toBe(listed);
  });

  it('lists anew when its revision is forgotten, and tells only how the list differs', async () => {
    await Promise.all(['kept', 'changed', 'removed', 'replaced'].map((name) => create(name)));
    const { informer, told } = await follow();
    told.length = 0;
    const shown = informer.list();
    await world.restartApiserver(async () => {
      const other = await startOther();
      await other.client.update(`${path}/changed`, { metadata: { name: 'changed' }, data: {} });
      await other.client.delete(`${path}/removed`);
      await other.client.delete(`${path}/replaced`);
      await other.client.create(path, { metadata: { name: 'replaced' } });
      await other.client.create(path, { metadata: { name: 'new' } });
      await world.store.compact(await world.store.currentRevision());
    });
    await caughtUp(informer);
    expect(told.map(({ type, object }) => `${type} ${object.metadata.name}`).sort()).toEqual([
      'added new',
      'added replaced',
      'changed changed',
      'deleted removed',
      'deleted replaced',
    ]);
    expect(shown).toContain(informer.get('default/kept'));
  });

  it('notices a server that says nothing any more', { timeout: 20_000 }, async () => {
    const { informer, told } = await follow();
    wire.freeze();
    await create('unseen');
    await caughtUp(informer);
    expect(told).toHaveLength(1);
    expect(wire.connections).toBe(2);
  });
});

describe('an API client', () => {
  it('passes on the refusal of the server', async () => {
    const refused = world.client.get(`${path}/none`);
    await expect(refused).rejects.toBeInstanceOf(ApiError);
    await expect(refused).rejects.toMatchObject({
      code: 404,
      reason: 'NotFound',
      message: 'configmaps "none" not found',
    });
  });

  it('says 410 for a watch from a revision that is forgotten', async () => {
    await create('one');
    await create('two');
    await world.store.compact(await world.store.currentRevision());
    const watched = world.client.watch(path, { resourceVersion: '1' }, () => undefined);
    await expect(watched).rejects.toMatchObject({ code: 410, reason: 'Expired' });
  });

  it('ends a watch with the reason of its signal', async () => {
    const stop = new AbortController();
    const first = Promise.withResolvers<undefined>();
    const watched = world.client.watch(path, { resourceVersion: '0', signal: stop.signal }, () =>
      first.resolve(undefined),
    );
    await create('one');
    await first.promise;
    stop.abort(new Error('enough'));
    await expect(watched).rejects.toThrow('enough');
  });

  it('asks again when nobody listened, and gives up when nobody comes', async () => {
    let asked: Promise<KubeObject> | undefined;
    await create('one');
    await world.restartApiserver(async () => {
      asked = world.client.get(`${path}/one`);
      await Promise.resolve();
    });
    await expect(asked).resolves.toMatchObject({ metadata: { name: 'one' } });
    const nowhere = running.use(
      createApiClient({ ...world.connection, server: 'https://127.0.0.1:1' }),
    );
    await expect(nowhere.create(path, {})).rejects.toBeInstanceOf(UnreachableError);
  });

  it('never repeats a write that the server may have seen', async () => {
    const client = running.use(createApiClient({ ...world.connection, server: wire.server }));
    await client.get(path);
    // The request passes, its answer does not.
    wire.cutAfter(1);
    const created = client.create(path, { metadata: { generateName: 'once-' } });
    await expect(created).rejects.toMatchObject({ wasSent: true });
    const { items } = await world.client.get<{ readonly items: readonly KubeObject[] }>(path);
    expect(items).toHaveLength(1);
  });
});

function listings(): number {
  return world.requests.filter(({ url = '' }) => url.startsWith(path) && url.includes('limit='))
    .length;
}

/** Another apiserver on the same store, for what happens while the first is down. */
async function startOther() {
  return running.use(await startWorld({ store: world.store }));
}
