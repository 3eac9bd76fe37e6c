import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { connectStore, type RemoteStore } from './remote-store.ts';
import { StoreTimeoutError, type Change, type Write } from './store.ts';
import { startStoreProcess, type StoreProcess } from './testing.ts';

/** Passes connections on to a socket, and can break them all. */
async function startRelay(path: string, target: string) {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      socket.on('error', () => undefined);
      socket.once('close', () => [client, upstream].forEach((one) => one.destroy()));
    }
    client.pipe(upstream).pipe(client);
  });
  server.listen(path);
  await once(server, 'listening');
  const cut = () => sockets.forEach((socket) => socket.destroy());
  return {
    cut,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
}

/** A store process, and two mirrors of it, each behind a relay. */
async function startCluster() {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'hop-store-'));
  stack.defer(() => rm(directory, { recursive: true }));
  const listen = join(directory, 'store.sock');
  const start = () => startStoreProcess(listen, join(directory, 'data'));
  let store: StoreProcess = await start();
  stack.defer(() => store[Symbol.asyncDispose]());

  const mirrors = [];
  for (const name of ['a', 'b']) {
    const relay = stack.use(await startRelay(join(directory, name), listen));
    const mirror = stack.use(connectStore<string>(join(directory, name), { timeoutMs: 5000 }));
    mirrors.push({ relay, mirror, changes: await collect(mirror) });
  }
  const owned = stack.move();
  return {
    mirrors,
    killAndRestart: async () => {
      await store.kill();
      store = await start();
    },
    fresh: () => owned.use(connectStore<string>(listen)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function collect(mirror: RemoteStore<string>): Promise<readonly Change<string>[]> {
  const changes: Change<string>[] = [];
  const watch = await mirror.watch({
    prefix: '/',
    after: 1,
    onChange: (change) => changes.push(change),
  });
  expect(watch.result).toBe('watching');
  return changes;
}

type Step =
  | {
      readonly type: 'write';
      readonly by: number;
      readonly key: string;
      readonly isDelete: boolean;
    }
  | { readonly type: 'wait' }
  | { readonly type: 'cut'; readonly by: number }
  | { readonly type: 'kill' };

const by = fc.nat(1);
const steps = fc.array(
  fc.oneof(
    {
      weight: 20,
      arbitrary: fc.record({
        type: fc.constant('write' as const),
        by,
        key: fc.constantFrom('/x/1', '/x/2', '/y/1'),
        isDelete: fc.boolean(),
      }),
    },
    { weight: 3, arbitrary: fc.record({ type: fc.constant('wait' as const) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('cut' as const), by }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('kill' as const) }) },
  ),
  { minLength: 20, maxLength: 60 },
);

/** Writes over whatever the mirror shows, which may be old: a conflict is an answer too. */
async function write(
  mirror: RemoteStore<string>,
  { key, isDelete }: Extract<Step, { type: 'write' }>,
  value: string,
): Promise<Write<string> | 'unknown'> {
  try {
    const entry = await mirror.get(key, { notOlderThan: 0 });
    if (!entry) return await mirror.create(key, value);
    if (isDelete) return await mirror.delete(key, entry.revision);
    return await mirror.update(key, value, entry.revision);
  } catch (error) {
    expect(error).toBeInstanceOf(StoreTimeoutError);
    return 'unknown';
  }
}

const seen = (changes: readonly Change<string>[]) =>
  changes.map(({ type, revision, entry }) => [type, revision, entry.key, entry.value]);

it('is the same for two apiservers, whatever is killed or cut: nothing lost, twice or out of order', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (plan) => {
      await using cluster = await startCluster();
      const { mirrors } = cluster;
      let writes: Promise<Write<string> | 'unknown'>[] = [];
      const outcomes: (Write<string> | 'unknown')[] = [];
      const settle = async () => {
        outcomes.push(...(await Promise.all(writes)));
        writes = [];
      };
      for (const [index, step] of plan.entries()) {
        if (step.type === 'kill') await cluster.killAndRestart();
        else if (step.type === 'wait') await settle();
        else {
          const at = mirrors[step.by];
          if (!at) throw new Error('there are two mirrors');
          if (step.type === 'cut') at.relay.cut();
          else writes.push(write(at.mirror, step, `value ${index}`));
        }
      }
      await settle();

      const revisions = await Promise.all(mirrors.map(({ mirror }) => mirror.currentRevision()));
      const [one = [], other = []] = mirrors.map(({ changes }) => seen(changes));
      expect(new Set(revisions).size).toBe(1);
      expect(one).toEqual(other);
      expect(one.map(([, revision]) => revision)).toEqual(one.map((_, index) => index + 2));
      expect(one.length + 1).toBe(revisions[0]);
      for (const outcome of outcomes) {
        if (outcome === 'unknown' || outcome.result !== 'written') continue;
        const { key, revision, value } = outcome.entry;
        expect(one[revision - 2]?.slice(1)).toEqual([revision, key, value]);
      }
      const puts = one.flatMap(([type, , , value]) => (type === 'put' ? [value] : []));
      expect(new Set(puts).size).toBe(puts.length);
      expect(await cluster.fresh().list({ prefix: '/' })).toEqual(
        await mirrors[0]?.mirror.list({ prefix: '/' }),
      );
    }),
    { numRuns: 6 },
  );
}, 60_000);

it('keeps every write that it acknowledged, when it is killed in the middle of many', async () => {
  await using cluster = await startCluster();
  const [first] = cluster.mirrors;
  if (!first) throw new Error('there are two mirrors');
  const acknowledged: string[] = [];
  let refused = 0;
  const enough = Promise.withResolvers<undefined>();
  const writes = Array.from({ length: 3000 }, async (_, index) => {
    // In a row of turns, so that the store is at work all the time.
    for (let turn = 0; turn < index / 100; turn += 1) await first.mirror.currentRevision();
    const written = await first.mirror
      .create(`/x/${index}`, 'x'.repeat(500))
      .catch(() => undefined);
    if (written?.result !== 'written') return (refused += 1);
    acknowledged.push(written.entry.key);
    if (acknowledged.length === 500) enough.resolve(undefined);
    return 0;
  });
  await enough.promise;
  await cluster.killAndRestart();
  await Promise.all(writes);

  const page = await cluster.fresh().list({ prefix: '/' });
  if (page.result !== 'page') throw new Error(page.result);
  const kept = new Set(page.entries.map(({ key }) => key));
  expect(acknowledged.filter((key) => !kept.has(key))).toEqual([]);
  expect(refused).toBeGreaterThan(0);
}, 30_000);
