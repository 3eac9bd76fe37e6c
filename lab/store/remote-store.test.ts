import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectStore, type RemoteStore, type RemoteStoreOptions } from './remote-store.ts';
import { StoreTimeoutError, type Change, type Store } from './store.ts';
import { startStoreProcess, type StoreProcess } from './testing.ts';

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
    expect(await other.get('/a')).toEqual({ key: '/a', revision: 2, value: { text: '1' } });
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
  });
});
