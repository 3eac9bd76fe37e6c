import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectStore, type RemoteStore, type RemoteStoreOptions } from './remote-store.ts';
import { StoreTimeoutError, type Change, type Store } from './store.ts';
import { startRelay, startStoreProcess, type StoreProcess } from './testing.ts';

interface Value {
  readonly text: string;
}

let directory: string;
let listen: string;
let open: AsyncDisposableStack;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hop-store-'));
  listen = join(directory, 'store.sock');
  open = new AsyncDisposableStack();
});

afterEach(async () => {
  await open.disposeAsync();
  await rm(directory, { recursive: true });
});

const start = async (): Promise<StoreProcess> =>
  open.use(await startStoreProcess(listen, join(directory, 'data')));
const connect = (options?: RemoteStoreOptions): RemoteStore<Value> =>
  open.use(connectStore<Value>(listen, options));

/** Watches from a revision; `until` resolves with the changes when so many have come. */
async function follow(store: Store<Value>, after: number) {
  const changes: Change<Value>[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const expired = Promise.withResolvers<undefined>();
  const watch = await store.watch({
    prefix: '/',
    after,
    onChange: (change) => {
      changes.push(change);
      for (const { count, resolve } of waiting) if (changes.length >= count) resolve();
    },
    onExpired: () => expired.resolve(undefined),
  });
  return {
    watch,
    changes,
    expired: expired.promise,
    until: (count: number) => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      if (changes.length >= count) resolve(undefined);
      waiting.push({ count, resolve: () => resolve(undefined) });
      return promise;
    },
  };
}

describe('a store that several apiservers share', () => {
  it('shows each the writes of the others at once, and its own', async () => {
    await start();
    const [one, other] = [connect(), connect()];
    const created = await one.create('/a', { text: '1' });
    expect(created).toMatchObject({ result: 'written', entry: { revision: 2 } });
    expect(await other.get('/a')).toMatchObject({ key: '/a', revision: 2, value: { text: '1' } });
    expect(await other.update('/a', { text: '2' }, 2)).toMatchObject({ result: 'written' });
    expect((await one.get('/a'))?.value).toEqual({ text: '2' });
    expect(await one.delete('/a', 2)).toMatchObject({ result: 'conflict', entry: { revision: 3 } });
    expect(await one.create('/a', { text: '' })).toMatchObject({ result: 'exists' });
    expect(await one.delete('/a', 3)).toMatchObject({
      result: 'written',
      entry: { revision: 4, value: { text: '2' } },
    });
    expect(await other.delete('/a', 3)).toEqual({ result: 'missing' });
  });

  it('goes on with its watches when the store was killed and is back', async () => {
    const store = await start();
    const [one, other] = [connect(), connect()];
    const { until, changes } = await follow(other, 1);
    await one.create('/a', { text: '1' });
    await store.kill();
    await start();
    await one.create('/b', { text: '2' });
    await until(2);
    expect(changes.map(({ revision, entry }) => [revision, entry.key])).toEqual([
      [2, '/a'],
      [3, '/b'],
    ]);
  });

  it('says what etcd says when the store does not answer in time', async () => {
    const store = connect({ timeoutMs: 50 });
    await expect(store.get('/a')).rejects.toThrow(StoreTimeoutError);
    await expect(store.create('/a', { text: '' })).rejects.toThrow('etcdserver: request timed out');
    expect(store.isReady()).toBe(false);
  });

  it('calls a write whose answer was lost neither a success nor does it write it again', async () => {
    await start();
    const path = join(directory, 'relay.sock');
    const relay = open.use(await startRelay(path, listen));
    const far = open.use(connectStore<Value>(path));
    await far.synced;
    const { until, changes } = await follow(connect(), 1);
    relay.mute();
    const write = far.create('/a', { text: '1' });
    const lost = expect(write).rejects.toThrow(
      'etcdserver: request timed out, possibly due to connection lost',
    );
    await until(1);
    relay.cut();
    await lost;
    expect(await far.get('/a')).toMatchObject({ revision: 2 });
    expect(changes).toHaveLength(1);
  });

  it('ends the watches that the store can no longer continue', async () => {
    await start();
    const path = join(directory, 'relay.sock');
    await using relay = await startRelay(path, listen);
    const far = open.use(connectStore<Value>(path));
    const { expired } = await follow(far, 1);
    await relay[Symbol.asyncDispose]();
    const near = connect();
    await near.create('/a', { text: '1' });
    await near.create('/b', { text: '2' });
    await near.compact(3);
    open.use(await startRelay(path, listen));
    await expired;
    expect(await far.list({ prefix: '/' })).toMatchObject({ result: 'page', revision: 3 });
    expect(await far.watch({ prefix: '/', after: 2, onChange: () => undefined })).toEqual({
      result: 'compacted',
      revision: 3,
      compactedRevision: 3,
    });
  });

  it('begins anew with another store at the same place: its revisions say nothing here', async () => {
    const store = await start();
    const path = join(directory, 'relay.sock');
    await using relay = await startRelay(path, listen);
    const far = open.use(connectStore<Value>(path));
    await far.create('/old', { text: '' });
    const { expired } = await follow(far, 2);
    await relay[Symbol.asyncDispose]();
    await store.kill();
    await rm(join(directory, 'data'), { recursive: true });
    await start();
    const near = connect();
    for (const key of ['/a', '/b', '/c']) await near.create(key, { text: '' });
    open.use(await startRelay(path, listen));
    await expired;
    expect(await far.list({ prefix: '/' })).toMatchObject({
      entries: [{ key: '/a' }, { key: '/b' }, { key: '/c' }],
      revision: 4,
    });
  });

  it('is not ready while the store is paused, and reads then wait for it', async () => {
    const store = await start();
    const mirror = connect();
    await mirror.synced;
    expect(mirror.isReady()).toBe(true);
    store.signal('SIGSTOP');
    const read = mirror.get('/a');
    await expect.poll(() => mirror.isReady(), { timeout: 5000 }).toBe(false);
    store.signal('SIGCONT');
    expect(await read).toBeUndefined();
    expect(mirror.isReady()).toBe(true);
  });

  it('asks the store once for all reads of a moment, and again for those that come later', async () => {
    await start();
    const path = join(directory, 'relay.sock');
    const relay = open.use(await startRelay(path, listen));
    const store = open.use(connectStore<Value>(path));
    await store.synced;
    const before = relay.sentLines();
    await Promise.all(Array.from({ length: 50 }, () => store.get('/a')));
    // One, and perhaps the one that is asked every second.
    expect(relay.sentLines() - before).toBeLessThanOrEqual(2);
  });
});
