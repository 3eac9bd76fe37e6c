import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { balances } from '../../balance.ts';
import { startServer, type SiteServer } from '../server.ts';
import { ask, type Question } from '../testing/ask.ts';
import { administratorToken, readerToken } from '../testing/fake-apiserver-proxy.ts';
import { startFakeBackend, type FakeBackend } from '../testing/fake-backend.ts';
import { createLive } from './live.ts';
import type { LiveLine } from './lines.ts';

const { requests } = balances['apiserver-proxy'];

let stack: AsyncDisposableStack;
let backend: FakeBackend;
let server: SiteServer;

async function serve(kind?: FakeBackend['kind']) {
  backend = stack.use(await startFakeBackend(kind));
  const live = stack.use(createLive({ backend: () => backend }));
  server = stack.use(await startServer({ site: new Map(), live, host: '127.0.0.1', port: 0 }));
}

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  await serve();
});
afterEach(() => stack.disposeAsync());

const to = (target: string, question?: Question) => ask(server.port, target, question);
const post = (target: string) => to(target, { method: 'POST' });
const run = async (name: string) =>
  lines((await post(`/live/examples/apiserver-proxy.${name}`)).body);
const lines = (body: string) =>
  body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LiveLine);
const via = '/live/via/apiserver-proxy';
const catalog = '/api/v1/namespaces/shop/services/catalog/proxy';

describe('an example through the apiserver proxy', () => {
  test('goes as a reader, and its hops are found by its audit id', async () => {
    const told = await run('service');
    expect(told.map(({ type }) => type)).toEqual(['hop', 'hop', 'answer', 'result']);
    const stations = told.flatMap((line) => (line.type === 'hop' ? [line.hop.to.station] : []));
    expect(stations).toEqual(['apiserver-proxy', 'pod']);
    const { authorization } = backend.apiserverProxy.reached[0]?.headers ?? {};
    expect(authorization).toBe(`Bearer ${readerToken}`);
  });

  test.each([
    ['node', `Bearer ${administratorToken}`],
    ['nobody', undefined],
  ])('%s goes as its descriptor says', async (name, authorization) => {
    await run(name);
    expect(backend.apiserverProxy.reached[0]?.headers.authorization).toBe(authorization);
  });

  test('a WebSocket says its messages one by one, and hears each answer', async () => {
    const told = await run('websocket');
    expect(told.slice(0, 2).map(({ type }) => type)).toEqual(['hop', 'hop']);
    expect(told.slice(2, -1)).toMatchObject([
      { type: 'answer', status: 101, body: null },
      { type: 'message', from: 'client', text: 'Hello' },
      { type: 'message', from: 'target', text: 'Hello' },
      { type: 'message', from: 'client', text: 'Hop by hop' },
      { type: 'message', from: 'target', text: 'Hop by hop' },
    ]);
    expect(told.at(-1)).toMatchObject({ type: 'result', result: 'answered', status: 101 });
    expect(backend.apiserverProxy.reached[0]?.headers.authorization).toBe(`Bearer ${readerToken}`);
  });

  test('a stream of events is told as it comes', async () => {
    const told = await run('events');
    const chunks = told.flatMap((line) => (line.type === 'chunk' ? [line.text] : []));
    expect(chunks.join('')).toBe('data: 1\n\ndata: 2\n\n');
    expect(told.at(-1)).toMatchObject({ result: 'answered' });
  });

  test('is not offered in front of a cluster, which has not what it asks for', async () => {
    await serve('cluster');
    for (const target of [
      '/live/examples/apiserver-proxy.service',
      '/live/balance/apiserver-proxy',
    ]) {
      const { status, body } = await post(target);
      expect(status).toBe(404);
      expect(JSON.parse(body)).toMatchObject({ code: 'not-here' });
    }
    const { body } = await to(`${via}${catalog}/`);
    expect(JSON.parse(body)).toMatchObject({ code: 'not-here' });
    expect(backend.apiserverProxy.reached).toEqual([]);
  });
});

describe('a request of a reader through the apiserver proxy', () => {
  test.each([
    ['GET', `${catalog}/books?sort=title`],
    ['HEAD', `${catalog}/`],
    ['POST', '/api/v1/namespaces/default/pods/web-0:8080/proxy/body'],
    ['GET', '/api/v1/namespaces/platform/services/https:backend:443/proxy/exec/secrets'],
  ])('%s %s passes, as any reader', async (method, target) => {
    const headers = { Authorization: 'Bearer mine', 'Audit-ID': 'mine', Cookie: 'a=b' };
    const { status } = await to(via + target, { method, headers });
    expect(status).toBe(200);
    const [request] = backend.apiserverProxy.reached;
    expect(request).toMatchObject({ method, target });
    expect(request?.headers.authorization).toBe(`Bearer ${readerToken}`);
    expect(request?.headers['audit-id']).not.toBe('mine');
    expect(request?.headers.cookie).toBeUndefined();
  });

  test.each([
    ['GET', '/version', 'only-proxied'],
    ['GET', '/api/v1/namespaces/shop/services/catalog', 'only-proxied'],
    ['GET', '/api/v1/namespaces/default/pods/web-0/exec?command=id', 'only-proxied'],
    ['POST', '/api/v1/namespaces/default/pods/web-0/portforward', 'only-proxied'],
    ['GET', '/api/v1/namespaces/kube-system/services/dns/proxy/', 'only-proxied'],
    ['GET', '/api/v1/namespaces/visitor-1/pods/x/proxy/', 'only-proxied'],
    ['GET', '/api/v1/nodes/node-1/proxy/metrics', 'only-proxied'],
    ['GET', '/api/v1/namespaces/shop/secrets/x/proxy', 'only-proxied'],
    ['GET', '/apis/v1/namespaces/shop/services/catalog/proxy/', 'only-proxied'],
    ['DELETE', `${catalog}/books`, 'only-proxied'],
    ['PUT', `${catalog}/books`, 'only-proxied'],
    ['GET', `${catalog}/../../../nodes/node-1/proxy/`, 'bad-path'],
    ['GET', `${catalog}/%2e%2e/x`, 'bad-path'],
    ['GET', `${catalog}/${'x'.repeat(5000)}`, 'too-long'],
    ['GET', '/api/v1/namespaces/shop/services/a%2Fproxy/proxy/', 'bad-path'],
  ])('%s %s reaches nobody', async (method, target, code) => {
    const answer = await to(via + target, { method });
    expect(JSON.parse(answer.body)).toMatchObject({ code });
    expect(backend.apiserverProxy.reached).toEqual([]);
  });

  test('is sent back through here where the target redirects', async () => {
    const { status, headers } = await to(`${via}${catalog}/moved`);
    expect(status).toBe(302);
    expect(headers.location).toBe(`${via}/api/v1/namespaces/shop/services/x/proxy/there`);
  });

  test('is told in chunks where the target streams events', async () => {
    const target = `${via}/api/v1/namespaces/platform/services/events:http/proxy/`;
    const { body } = await to(target, { headers: { Accept: 'application/x-ndjson' } });
    expect(lines(body).filter(({ type }) => type === 'chunk')).not.toEqual([]);
  });
});

describe('how a Service is balanced', () => {
  test('is told answer by answer, and then whether the shares are even', async () => {
    const told = lines((await post('/live/balance/apiserver-proxy')).body);
    expect(told[0]).toEqual({ type: 'pods', pods: ['web-0', 'web-1', 'web-2'] });
    const picks = told.filter(({ type }) => type === 'pick');
    expect(picks).toHaveLength(requests);
    expect(told.at(-1)).toMatchObject({ type: 'result', result: 'even' });
    const paths = new Set(backend.apiserverProxy.reached.map(({ target }) => target));
    expect([...paths]).toEqual([
      '/api/v1/namespaces/default/endpoints/web',
      '/api/v1/namespaces/default/services/web:http/proxy/',
    ]);
  });

  test('ends with the reader who asked', async () => {
    const asking = new AbortController();
    const url = `http://127.0.0.1:${server.port}/live/balance/apiserver-proxy`;
    const response = await fetch(url, { method: 'POST', signal: asking.signal });
    await response.body?.getReader().read();
    asking.abort();
    // The next one has its turn at once, and all of its answers.
    const told = lines((await post('/live/balance/apiserver-proxy')).body);
    expect(told.filter(({ type }) => type === 'pick')).toHaveLength(requests);
    expect(backend.apiserverProxy.reached.length).toBeLessThan(2 * requests + 2);
  });
});
