/** Ten thousand objects and a thousand watches on one apiserver: lists, and one change for all. */
import { mkdtemp, rm } from 'node:fs/promises';
import type { ClientHttp2Session } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { open, openSession, send } from './client.ts';
import type { Figure } from './figure.ts';
import { fillStore, pods } from './objects.ts';
import { residentBytes, startApiserver, startStore } from './processes.ts';

export interface LoadOptions {
  readonly rounds: number;
  readonly objects: number;
  readonly watchers: number;
}

const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
const streamsPerSession = 100;

export async function measureApiserver(options: LoadOptions): Promise<readonly Figure[]> {
  const { rounds, objects, watchers } = options;
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'hop-bench-'));
  stack.defer(() => rm(directory, { recursive: true }));
  const store = stack.use(await startStore(directory));
  const apiserver = stack.use(await startApiserver(directory, join(directory, 'store.sock')));
  const { address } = apiserver;
  const session = stack.adopt(await openSession(address), (one) => one.destroy());
  const figures: Figure[] = [];
  const add = (what: string, unit: Figure['unit'], values: readonly number[]) =>
    figures.push({ what, unit, values });
  const addMemory = async (when: string) => {
    add(`resident: store, ${when}`, 'MB', [(await residentBytes(store.pid)) / 1e6]);
    add(`resident: apiserver, ${when}`, 'MB', [(await residentBytes(apiserver.pid)) / 1e6]);
  };

  add('start to ready: store', 'ms', [store.readyMs]);
  add('start to ready: apiserver', 'ms', [apiserver.readyMs]);
  await addMemory('empty');
  await fillStore(session, join(directory, 'store.sock'), objects);
  const size = String(objects);
  add(`list of ${size}, first time`, 'ms', [await timeList(session)]);
  add(`list of ${size}`, 'ms', await repeat(rounds, () => timeList(session)));
  add(`list of ${size}, as a table`, 'ms', await repeat(rounds, () => timeList(session, table)));
  add(`list of ${size}, gzip`, 'ms', await repeat(rounds, () => timeList(session, gzip)));
  add('get of one', 'ms', await repeat(rounds * 20, () => timeGet(session)));
  add('patch of one', 'ms', await repeat(rounds * 20, () => timePatch(session)));
  await addMemory(`${size} objects`);

  const kinds = [
    [`change to the last of ${watchers} watches`, {}],
    [`change to the last of ${watchers} watches, as tables`, table],
  ] as const;
  for (const [what, headers] of kinds) {
    await using watches = await openWatches(address, watchers, headers);
    add(what, 'ms', await repeat(rounds, () => watches.timeChange(session)));
    await addMemory(
      headers === table ? `and ${watchers} table watches` : `and ${watchers} watches`,
    );
  }
  return figures;
}

const gzip = { 'accept-encoding': 'gzip' };

async function timeList(
  session: ClientHttp2Session,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const { status, ms } = await send(session, pods, headers);
  if (status !== 200) throw new Error(`the list was answered with ${status}`);
  return ms;
}

async function timeGet(session: ClientHttp2Session): Promise<number> {
  return (await send(session, `${pods}/pod-00000`)).ms;
}

let patches = 0;

/** Changes the first pod; every change is another. */
async function timePatch(session: ClientHttp2Session): Promise<number> {
  patches += 1;
  const patch = JSON.stringify({ metadata: { annotations: { round: String(patches) } } });
  const headers = { ':method': 'PATCH', 'content-type': 'application/merge-patch+json' };
  const { status, ms, body } = await send(session, `${pods}/pod-00000`, headers, patch);
  if (status !== 200) throw new Error(`the patch was answered with ${status}: ${body.toString()}`);
  return ms;
}

async function openWatches(
  address: string,
  count: number,
  headers: Readonly<Record<string, string>>,
) {
  await using stack = new AsyncDisposableStack();
  const { body } = await send(
    stack.adopt(await openSession(address), (session) => session.destroy()),
    `${pods}?limit=1`,
  );
  const version = /"resourceVersion":"(\d+)"/.exec(body.toString())?.[1] ?? '';
  let onEvent = () => undefined as unknown;
  let session: ClientHttp2Session | undefined;
  for (let index = 0; index < count; index += 1) {
    if (!session || index % streamsPerSession === 0) {
      session = stack.adopt(await openSession(address), (one) => one.destroy());
    }
    const stream = open(session, `${pods}?watch=true&resourceVersion=${version}`, headers);
    stream.on('error', () => undefined);
    await once(stream, 'response');
    stream.on('data', (chunk: Buffer) => {
      if (chunk.at(-1) === newline) onEvent();
    });
  }
  const owned = stack.move();
  return {
    /** From sending a change to its arrival at the last watch. */
    timeChange: async (sender: ClientHttp2Session) => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      let missing = count;
      onEvent = () => {
        missing -= 1;
        if (missing === 0) resolve(undefined);
      };
      const startedAt = performance.now();
      await Promise.all([timePatch(sender), promise]);
      return performance.now() - startedAt;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const newline = 0x0a;

async function repeat(times: number, measure: () => Promise<number>): Promise<readonly number[]> {
  const values: number[] = [];
  for (let round = 0; round < times; round += 1) values.push(await measure());
  return values;
}
