import { describe, expect, it } from 'vitest';
import { createMemoryStore } from './memory-store.ts';
import type { Change, Store } from './store.ts';

const keysOf = async (store: Store<string>, request: Parameters<Store<string>['list']>[0]) => {
  const page = await store.list(request);
  return page.result === 'page' ? page.entries.map(({ key }) => key) : page.result;
};

/** Collects the changes until so many have come. */
async function changesAfter(store: Store<string>, after: number, count: number) {
  const { promise, resolve } = Promise.withResolvers<readonly Change<string>[]>();
  const changes: Change<string>[] = [];
  const watch = await store.watch({
    prefix: '/',
    after,
    onChange: (change) => {
      changes.push(change);
      if (changes.length === count) resolve(changes);
    },
  });
  return { watch, promise };
}

describe('the store', () => {
  it('gives each write a greater revision', async () => {
    const store = createMemoryStore<string>();
    const one = await store.create('/a', '1');
    const other = await store.create('/b', '2');
    expect(one).toMatchObject({ result: 'written', entry: { revision: 2 } });
    expect(other).toMatchObject({ result: 'written', entry: { revision: 3 } });
  });

  it('refuses to create what exists and to write over another revision', async () => {
    const store = createMemoryStore<string>();
    await store.create('/a', '1');
    expect(await store.create('/a', '2')).toMatchObject({ result: 'exists' });
    expect(await store.update('/a', '2', 1)).toMatchObject({ result: 'conflict' });
    expect(await store.delete('/a', 1)).toMatchObject({ result: 'conflict' });
    expect(await store.update('/b', '2', 1)).toEqual({ result: 'missing' });
  });

  it('lists by prefix, page by page, as of the revision of the first page', async () => {
    const store = createMemoryStore<string>();
    for (const key of ['/x/a', '/x/b', '/x/c', '/y/a']) await store.create(key, key);
    const first = await store.list({ prefix: '/x/', limit: 2 });
    expect(first).toMatchObject({ result: 'page', revision: 5, remaining: 1 });
    await store.delete('/x/c', 4);
    await store.create('/x/d', 'new');
    expect(await keysOf(store, { prefix: '/x/', after: '/x/b', revision: 5 })).toEqual(['/x/c']);
    expect(await keysOf(store, { prefix: '/x/', after: '/x/b' })).toEqual(['/x/d']);
  });

  it('shows a watch what it missed and what follows, in order and once', async () => {
    const store = createMemoryStore<string>();
    await store.create('/a', '1');
    await store.create('/b', '1');
    const { promise } = await changesAfter(store, 2, 3);
    await store.update('/b', '2', 3);
    await store.delete('/a', 2);
    const changes = await promise;
    expect(changes.map(({ type, revision }) => [type, revision])).toEqual([
      ['put', 3],
      ['put', 4],
      ['delete', 5],
    ]);
  });

  it('says so when a revision has been forgotten', async () => {
    const store = createMemoryStore<string>();
    await store.create('/a', '1');
    await store.create('/b', '1');
    await store.compact(3);
    const { watch } = await changesAfter(store, 2, 1);
    expect(watch).toMatchObject({ result: 'compacted', compactedRevision: 3 });
    expect(await store.list({ prefix: '/', revision: 2 })).toMatchObject({ result: 'compacted' });
    expect(await store.list({ prefix: '/', revision: 9 })).toMatchObject({ result: 'future' });
  });

  it('keeps no more of the history than it was told to', async () => {
    const store = createMemoryStore<string>({ historyLimit: 10 });
    for (let index = 0; index < 100; index += 1) await store.create(`/${index}`, '');
    const { watch } = await changesAfter(store, 50, 1);
    expect(watch).toMatchObject({ result: 'compacted' });
  });
});
