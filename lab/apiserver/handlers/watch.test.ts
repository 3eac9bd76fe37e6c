import { once } from 'node:events';
import {
  connect,
  createServer,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryStore } from '../../store/memory-store.ts';
import { StoreTimeoutError } from '../../store/store.ts';
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { at, textAt, type ApiObject } from '../api-object.ts';
import { alwaysAllow, uniteAuthorizers } from '../authorization.ts';
import { toStored, type ApiStore } from '../registry.ts';
import { createKubelets } from '../kubelet/kubelets.ts';
import { readRequest } from '../../../proxies/kit/apiserver/request-info.ts';
import { respondWithJson, respondWithStatus } from '../../../proxies/kit/apiserver/respond.ts';
import { route } from '../route.ts';
import { readSettings } from '../settings.ts';
import { StatusError } from '../status.ts';

const path = '/api/v1/namespaces/default/configmaps';
const key = (name: string) => `/core/configmaps/default/${name}`;
const configMap = (name: string, data: Readonly<Record<string, string>> = {}): ApiObject =>
  toStored({ metadata: { name, namespace: 'default' }, data });

let store: ApiStore;
let session: ClientHttp2Session;
let open: AsyncDisposableStack;

beforeEach(async () => {
  open = new AsyncDisposableStack();
  store = open.use(createMemoryStore<ApiObject>({ historyLimit: 20 }));
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  open.defer(() => void server.close());
  await once(server, 'listening');
  session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  open.defer(() => session.destroy());
});

/** The resources alone, over a network: who may ask is not what this is about. */
async function serve(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
  const info = readRequest(request.method, request.url);
  const answer = { request, response, query: info.query };
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const user = { name: 'test', groups: [] };
  const kubelets = createKubelets(undefined);
  const exchange = { request, response, info, user, kubelets };
  const authorizer = uniteAuthorizers([alwaysAllow]);
  const options = { store, settings: readSettings({}), authorizer };
  try {
    const reply = await route({ ...exchange, signal: gone.signal }, options);
    if (reply) await respondWithJson(answer, reply.status, reply.body);
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    await respondWithStatus(answer, error);
  }
}

afterEach(async () => {
  vi.useRealTimers();
  await open.disposeAsync();
});

const request = (query: string, headers: Readonly<Record<string, string>> = {}) =>
  session.request({ ':path': path + query, ...headers });

async function get(query: string): Promise<{ readonly status: number; readonly json: JsonObject }> {
  const stream = request(query);
  const [head] = (await once(stream, 'response')) as [Readonly<Record<string, unknown>>];
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const json = JSON.parse(Buffer.concat(chunks).toString()) as JsonObject;
  return { status: Number(head[':status']), json };
}

/** The events of a watch, one by one; `undefined` when it has ended. */
function eventsOf(stream: ClientHttp2Stream) {
  const lines = createInterface({ input: stream })[Symbol.asyncIterator]();
  return async (): Promise<JsonObject | undefined> => {
    const next = await lines.next();
    return next.done === true ? undefined : (JSON.parse(next.value) as JsonObject);
  };
}

const write = async (name: string, data = {}) => {
  const written = await store.create(key(name), configMap(name, data));
  if (written.result !== 'written') throw new Error(written.result);
  return written.entry.revision;
};

describe('a watch', () => {
  it('ends with 410 for a client that does not read, and keeps nothing for it', async () => {
    const data = { text: 'x'.repeat(100_000) };
    let revision = await write('a', data);
    const stream = request(`?watch=true&resourceVersion=${revision}`);
    await once(stream, 'response');
    for (let count = 0; count < 400; count += 1) {
      const written = await store.update(key('a'), configMap('a', data), revision);
      if (written.result === 'written') ({ revision } = written.entry);
      // One change in a turn, as from a network: what fits goes to the client's system.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const nextEvent = eventsOf(stream);
    const events: JsonObject[] = [];
    for (let event = await nextEvent(); event; event = await nextEvent()) events.push(event);
    expect(events.length).toBeLessThan(200);
    expect(events.slice(0, -1).map((event) => event.type)).not.toContain('ERROR');
    const seen = textAt(events.at(-2), 'object', 'metadata', 'resourceVersion');
    expect(events.at(-1)).toMatchObject({
      type: 'ERROR',
      object: { code: 410, reason: 'Expired' },
    });
    expect(textAt(events.at(-1), 'object', 'message')).toMatch(
      new RegExp(String.raw`^too old resource version: ${seen} \(\d+\)$`),
    );
  });

  it('catches up for a client that reads slowly, and misses nothing', async () => {
    const data = { text: 'x'.repeat(1_000_000) };
    const first = await write('a', data);
    const stream = request(`?watch=true&resourceVersion=${first}`);
    await once(stream, 'response');
    for (let revision = first; revision < first + 15; revision += 1) {
      await store.update(key('a'), configMap('a', data), revision);
    }
    const nextEvent = eventsOf(stream);
    const seen: string[] = [];
    while (seen.length < 15) {
      seen.push(textAt(await nextEvent(), 'object', 'metadata', 'resourceVersion'));
    }
    expect(seen).toEqual(Array.from({ length: 15 }, (_, index) => String(first + index + 1)));
    stream.close();
  });

  it('ends with an error as its last event where the store or an object fails it', async () => {
    const revision = await write('a');
    const watch = store.watch.bind(store);
    const failure = new StoreTimeoutError('etcdserver: request timed out');
    store.watch = () => Promise.reject(failure);
    const lost = eventsOf(request(`?watch=true&resourceVersion=${revision}`));
    const error = { code: 500, message: failure.message };
    expect(await lost()).toMatchObject({ type: 'ERROR', object: error });
    expect(await lost()).toBeUndefined();

    store.watch = (asked) => {
      const onChange: typeof asked.onChange = (change) => {
        const poison = { key: change.entry.key, revision: change.revision };
        const entry = Object.defineProperty(poison, 'value', {
          get: () => {
            throw new Error('cannot be read');
          },
        });
        asked.onChange({ ...change, type: 'put', entry: entry as typeof change.entry });
      };
      return watch({ ...asked, onChange });
    };
    const poisoned = eventsOf(request(`?watch=true&resourceVersion=${revision}`));
    await write('b');
    expect(await poisoned()).toMatchObject({
      type: 'ERROR',
      object: { code: 500, reason: 'InternalError' },
    });
    expect(await poisoned()).toBeUndefined();
  });

  it('from a revision that is forgotten begins with 410, as an event', async () => {
    const revision = await write('a');
    await store.compact(revision);
    const nextEvent = eventsOf(request(`?watch=true&resourceVersion=${revision - 1}`));
    expect(await nextEvent()).toEqual({
      type: 'ERROR',
      object: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: `too old resource version: ${revision - 1} (${revision})`,
        reason: 'Expired',
        code: 410,
      },
    });
    expect(await nextEvent()).toBeUndefined();
  });

  it('sends a bookmark every minute, also where nothing stirs', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    await write('a');
    const stream = request('?watch=true&allowWatchBookmarks=true');
    const nextEvent = eventsOf(stream);
    expect(await nextEvent()).toMatchObject({ type: 'ADDED' });
    const other = await store.create('/core/secrets/default/b', configMap('b'));
    await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
    vi.advanceTimersByTime(60_000);
    const bookmark = await nextEvent();
    expect(bookmark).toMatchObject({ type: 'BOOKMARK', object: { kind: 'ConfigMap' } });
    const revision = 'entry' in other ? other.entry.revision : 0;
    const shown = Number(textAt(bookmark, 'object', 'metadata', 'resourceVersion'));
    expect(shown).toBeGreaterThanOrEqual(revision);
    stream.close();
  });

  it('writes an event once for watches of one shape, and each shape in its own way', async () => {
    const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
    const revision = await write('a');
    const watching = `?watch=true&resourceVersion=${revision}`;
    const streams = [request(watching), request(watching), request(watching, table)];
    await Promise.all(streams.map((stream) => once(stream, 'response')));
    const events = streams.map(eventsOf);
    await write('b');
    const [one, other, row] = await Promise.all(events.map((nextEvent) => nextEvent()));
    expect(one).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'b' } } });
    expect(other).toEqual(one);
    expect(row).toMatchObject({ type: 'ADDED', object: { kind: 'Table' } });
    expect(at(row, 'object', 'columnDefinitions')).not.toBeNull();
    await write('c');
    const second = await events[2]?.();
    expect(at(second, 'object', 'columnDefinitions')).toBeNull();
    for (const stream of streams) stream.close();
  });
});

describe('a list', () => {
  it('that goes on after its revision is forgotten gets 410 and a token for what is there now', async () => {
    for (const name of ['a', 'b', 'c']) await write(name);
    const first = await get('?limit=1');
    const token = textAt(first.json, 'metadata', 'continue');
    const revision = await write('bb');
    await store.compact(revision);
    const gone = await get(`?limit=1&continue=${token}`);
    expect(gone.status).toBe(410);
    expect(gone.json).toMatchObject({
      reason: 'Expired',
      message: expect.stringMatching(/^The provided continue parameter is too old/) as string,
    });
    const next = await get(`?continue=${textAt(gone.json, 'metadata', 'continue')}`);
    expect(next.json).toMatchObject({
      metadata: { resourceVersion: String(revision) },
      items: [
        { metadata: { name: 'b' } },
        { metadata: { name: 'bb' } },
        { metadata: { name: 'c' } },
      ],
    });
  });

  it('of a revision is as it was then, of none as it is now', async () => {
    const revision = await write('a');
    const later = await write('b');
    const cases = [
      ['', 2, later],
      ['?resourceVersion=0', 2, later],
      [`?resourceVersion=${revision}`, 2, later],
      [`?resourceVersion=${revision}&resourceVersionMatch=NotOlderThan`, 2, later],
      [`?resourceVersion=${revision}&resourceVersionMatch=Exact`, 1, revision],
      [`?resourceVersion=${revision}&limit=5`, 1, revision],
      // Any revision: the watch cache answers, which knows no limit.
      ['?resourceVersion=0&limit=1', 2, later],
    ] as const;
    for (const [query, count, version] of cases) {
      const { json } = await get(query);
      expect(json, query).toMatchObject({ metadata: { resourceVersion: String(version) } });
      expect(json.items, query).toHaveLength(count);
    }
  });

  it('of a revision that is forgotten or not yet there is refused', async () => {
    const revision = await write('a');
    await store.compact(revision);
    const old = await get(`?resourceVersion=${revision - 1}&resourceVersionMatch=Exact`);
    expect(old).toMatchObject({
      status: 410,
      json: { message: 'The resourceVersion for the provided list is too old.' },
    });
    for (const query of [
      `?resourceVersion=${revision + 9}`,
      `/a?resourceVersion=${revision + 9}`,
    ]) {
      expect(await get(query)).toMatchObject({
        status: 504,
        json: {
          reason: 'Timeout',
          message: `Timeout: Too large resource version: ${revision + 9}, current: ${revision}`,
        },
      });
    }
  });

  it('refuses options that contradict each other, in upstream’s words', async () => {
    const cases = [
      [
        '?resourceVersionMatch=Exact',
        'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
      ],
      [
        '?resourceVersionMatch=Exact&resourceVersion=0',
        'resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
      ],
      [
        '?sendInitialEvents=true',
        'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list',
      ],
      [
        '?watch=true&resourceVersionMatch=NotOlderThan',
        'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      ],
    ] as const;
    for (const [query, message] of cases) {
      expect(await get(query), query).toMatchObject({
        status: 422,
        json: { message: `ListOptions.meta.k8s.io "" is invalid: ${message}` },
      });
    }
    for (const query of [
      '?resourceVersion=x',
      '?continue=!',
      '?continue=e30',
      '/a?resourceVersion=x',
    ]) {
      expect((await get(query)).status, query).toBe(400);
    }
  });
});
