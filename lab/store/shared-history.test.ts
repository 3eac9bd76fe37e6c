import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { connectStore, type RemoteStore } from './remote-store.ts';
import { StoreTimeoutError, type Change, type Write } from './store.ts';
import { startRelay, startStoreProcess, type StoreProcess } from './testing.ts';

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

interface Outcome {
  readonly sent: string;
  readonly write: Write<string> | 'unknown';
}

/** Writes over whatever the mirror shows, which may be old: a conflict is an answer too. */
async function write(
  mirror: RemoteStore<string>,
  { key, isDelete }: Extract<Step, { type: 'write' }>,
  sent: string,
): Promise<Outcome> {
  const entry = await mirror.get(key, { notOlderThan: 0 });
  const writing = !entry
    ? mirror.create(key, sent)
    : isDelete
      ? mirror.delete(key, entry.revision)
      : mirror.update(key, sent, entry.revision);
  return writing.then(
    (write) => ({ sent, write }),
    (error: unknown) => {
      expect(error).toBeInstanceOf(StoreTimeoutError);
      return { sent, write: 'unknown' };
    },
  );
}

const seen = (changes: readonly Change<string>[]) =>
  changes.map(({ type, revision, entry }) => [type, revision, entry.key, entry.value]);

it('is the same for two apiservers, whatever is killed or cut: nothing lost, twice or out of order', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (plan) => {
      await using cluster = await startCluster();
      const { mirrors } = cluster;
      let writes: Promise<Outcome>[] = [];
      const outcomes: Outcome[] = [];
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
      const puts = one.flatMap(([type, , , value]) => (type === 'put' ? [value] : []));
      expect(new Set(puts).size).toBe(puts.length);
      for (const { sent, write } of outcomes) {
        if (write === 'unknown') continue;
        if (write.result === 'written') {
          const { key, revision, value } = write.entry;
          expect(one[revision - 2]?.slice(1)).toEqual([revision, key, value]);
        } else {
          expect(puts).not.toContain(sent);
        }
      }
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
