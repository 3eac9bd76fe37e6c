import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startServer, type SiteServer } from '../server.ts';
import { ask, type Question } from '../testing/ask.ts';
import { startFakeBackend, type FakeBackend } from '../testing/fake-backend.ts';
import { createLive, type LiveOptions } from './live.ts';
import type { LiveLine } from './lines.ts';

let stack: AsyncDisposableStack;
let backend: FakeBackend;
let server: SiteServer;

async function serve(options: Partial<LiveOptions> = {}, kind?: FakeBackend['kind']) {
  backend = stack.use(await startFakeBackend(kind));
  const live = stack.use(createLive({ backend: () => backend, ...options }));
  server = stack.use(await startServer({ site: new Map(), live, host: '127.0.0.1', port: 0 }));
}

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  await serve();
});
afterEach(() => stack.disposeAsync());

const to = (target: string, question?: Question) => ask(server.port, target, question);
const post = (target: string, headers: Record<string, string> = {}, body = '') =>
  to(target, { method: 'POST', headers, body });
const lines = (body: string) =>
  body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LiveLine);
const via = '/live/via/kubectl-proxy';
const asLines = { Accept: 'application/x-ndjson, application/yaml' };

test('the status says what runs, since when, and nothing secret', async () => {
  const { status, headers, body } = await to('/live/status');
  expect(status).toBe(200);
  expect(headers['cache-control']).toBe('no-store');
  expect(JSON.parse(body)).toEqual({
    kind: 'lab',
    version: 'v1.33.1',
    since: '2026-01-02T03:04:05.000Z',
    proxies: [
      { id: 'kubectl-proxy', address: backend.proxies['kubectl-proxy']?.address },
      { id: 'apiserver-proxy', address: backend.apiserverProxy.address },
    ],
    isOperable: false,
    visitor: null,
  });
});

describe('a refusal has a code and a sentence in the language of the reader', () => {
  const unknown = '/live/proofs/kubectl-proxy.no-such-claim';
  test.each(['en', 'it', 'pt-BR'])('in %s', async (tag) => {
    const { status, headers, body } = await post(unknown, { 'Accept-Language': tag });
    expect(status).toBe(404);
    expect(headers['content-language']).toBe(tag);
    const { code, message } = JSON.parse(body) as { code: string; message: string };
    expect(code).toBe('unknown-claim');
    expect(message).toContain('kubectl-proxy.no-such-claim');
    expect(message).not.toContain('errors:');
  });

  test.each([
    ['POST', '/live/examples/kubectl-proxy.no-such', 404, 'unknown-example'],
    ['POST', '/live/examples/__proto__', 404, 'unknown-example'],
    ['POST', '/live/proofs/constructor', 404, 'unknown-claim'],
    ['GET', '/live/nothing', 404, 'unknown-path'],
    ['GET', '/live', 404, 'unknown-path'],
    ['GET', '/live/via/kube-proxy/', 404, 'unknown-path'],
    ['GET', '/live/examples/kubectl-proxy.version', 405, 'method-not-allowed'],
    ['DELETE', '/live/status', 405, 'method-not-allowed'],
    ['OPTIONS', `${via}/version`, 405, 'method-not-allowed'],
    ['GET', `${via}//api`, 400, 'bad-path'],
    ['GET', `${via}/api/../secrets`, 400, 'bad-path'],
    ['GET', `${via}/api/v1/%2e%2e/secrets`, 400, 'bad-path'],
    ['GET', `${via}/api/v1%2Fsecrets`, 400, 'bad-path'],
    ['GET', `${via}/api/%zz`, 400, 'bad-path'],
    ['GET', `${via}/api/v1/secrets`, 403, 'secret'],
    ['GET', `${via}/api/v1/namespaces/default/%73ecrets/x`, 403, 'secret'],
    ['GET', `${via}/api/v1/watch/secrets`, 403, 'secret'],
    ['GET', `${via}/api/v1/nodes/n/proxy/run`, 403, 'reaches-further'],
    ['POST', `${via}/api/v1/namespaces/default/pods/p/exec?command=id`, 403, 'reaches-further'],
    ['POST', `${via}/api/v1/namespaces`, 403, 'outside-namespace'],
    ['DELETE', `${via}/api/v1/namespaces/default/pods/web-0`, 403, 'outside-namespace'],
  ])('%s %s is answered %i %s', async (method, target, status, code) => {
    const answer = await to(target, { method });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ code });
    expect(backend.reached).toEqual([]);
  });

  test('405 names the methods that work', async () => {
    expect((await to('/live/status', { method: 'PUT' })).headers.allow).toBe('GET, HEAD');
  });

  test('a body is refused where it is too large, declared or not', async () => {
    const large = 'x'.repeat(300 * 1024);
    const target = `${via}/api/v1/namespaces/default/configmaps`;
    const declared = { 'Content-Length': String(large.length) };
    for (const headers of [declared, { 'Transfer-Encoding': 'chunked' }]) {
      const answer = await to(target, { method: 'GET', headers, body: large });
      expect(answer.status).toBe(413);
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'body-too-large' });
    }
    const example = await post('/live/examples/kubectl-proxy.version', {}, 'x'.repeat(2048));
    expect(example.status).toBe(413);
  });

  test('the lab is not ready', async () => {
    await serve({ backend: () => null });
    const answer = await to('/live/status');
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'not-ready' });
  });
});

describe('who may ask', () => {
  test.each([
    [{ Origin: 'https://evil.example' }, 403],
    [{ Origin: 'null' }, 403],
    [{ Origin: 'http://localhost:1' }, 403],
    [{ 'Sec-Fetch-Site': 'cross-site' }, 403],
    [{ 'Sec-Fetch-Site': 'same-site' }, 403],
    [{ 'Sec-Fetch-Site': 'same-origin' }, 200],
    [{ 'Sec-Fetch-Site': 'none' }, 200],
    [{}, 200],
  ])('%o is answered %i', async (headers, status) => {
    expect((await post('/live/examples/kubectl-proxy.version', headers)).status).toBe(status);
  });

  test('a page of this server may', async () => {
    const host = `127.0.0.1:${server.port}`;
    const headers = { Host: host, Origin: `http://${host}` };
    expect((await post('/live/examples/kubectl-proxy.version', headers)).status).toBe(200);
  });

  test('a client that does not slow down is told to', async () => {
    await serve({ limits: { burst: 2, perSecond: 0 } });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await to('/live/status')).status);
    expect(statuses).toEqual([200, 200, 429]);
  });

  test('all together have so many places', async () => {
    await serve({ limits: { concurrent: 0 } });
    const answer = await to('/live/status');
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '2' } });
  });
});

describe('an example', () => {
  test('is told line by line: its hops in order, its answer, its result', async () => {
    const answer = await post('/live/examples/kubectl-proxy.not-found');
    expect(answer.headers['content-type']).toContain('application/x-ndjson');
    const told = lines(answer.body);
    expect(told.map((line) => line.type)).toEqual(['hop', 'hop', 'answer', 'result']);
    const stations = told.flatMap((line) => (line.type === 'hop' ? [line.hop.from.station] : []));
    expect(stations).toEqual(['client', 'kubectl-proxy']);
    expect(told[2]).toMatchObject({ status: 404, body: '{"kind":"Fake"}' });
    expect(told[3]).toMatchObject({ result: 'answered', status: 404, isCut: false });
  });

  test('sends the headers of its descriptor, and nothing of the reader', async () => {
    const secret = { Cookie: 'a=b', Authorization: 'Bearer mine', 'X-Forwarded-For': '1.2.3.4' };
    await post('/live/examples/kubectl-proxy.rebinding-refused', secret);
    const [request] = backend.reached;
    expect(request?.headers).toMatchObject({ host: 'evil.example' });
    for (const name of Object.keys(secret)) {
      expect(request?.headers).not.toHaveProperty(name.toLowerCase());
    }
  });

  test('that is answered otherwise than stated says so', async () => {
    const told = lines((await post('/live/examples/kubectl-proxy.create-dry-run')).body);
    expect(told.at(-1)).toMatchObject({ type: 'result', result: 'unexpected' });
  });
});

describe('a proof', () => {
  test('that cannot run ends with its verdict, not with silence', async () => {
    const told = lines((await post('/live/proofs/kubectl-proxy.client-http')).body);
    expect(told).toMatchObject([
      { type: 'world', world: 'claimed' },
      { type: 'world', world: 'refuted' },
      { type: 'result', result: 'defective' },
    ]);
  });
});

describe('the console', () => {
  test('reaches the proxy with the raw target, and passes the answer on', async () => {
    const answer = await to(`${via}/api/v1/pods?fieldSelector=metadata.name%3Dweb-0`);
    expect(backend.reached[0]?.target).toBe('/api/v1/pods?fieldSelector=metadata.name%3Dweb-0');
    expect(answer).toMatchObject({ status: 200, body: '{"kind":"Fake"}' });
    expect(answer.headers['content-type']).toBe('application/json');
  });

  test('is told as lines to who asks for lines; the other types go on', async () => {
    const told = lines((await to(`${via}/version`, { headers: asLines })).body);
    expect(told.map((line) => line.type)).toEqual(['hop', 'hop', 'answer', 'result']);
    expect(backend.reached[0]?.headers.accept).toBe('application/yaml');
  });

  test('gives the apiserver’s answer no power over this site', async () => {
    const { headers } = await to(`${via}/version`);
    expect(headers['set-cookie']).toBeUndefined();
    expect(headers['content-security-policy']).toContain('sandbox');
    const moved = await to(`${via}/moved`);
    expect(moved).toMatchObject({ status: 301, headers: { location: `${via}/static/` } });
  });

  test('a reader writes into a namespace of their own, as themselves', async () => {
    const refused = await post(`${via}/api/v1/namespaces/default/configmaps`);
    const [cookie = ''] = refused.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^hop-visitor=[0-9a-f]{32}; .*HttpOnly; SameSite=Strict/);
    const [namespace = ''] = backend.openNamespaces;
    expect(refused.body).toContain(namespace);
    expect(cookie).not.toContain(namespace.slice('visitor-'.length));

    const Cookie = cookie.split(';')[0] ?? '';
    const own = `${via}/api/v1/namespaces/${namespace}/configmaps`;
    const written = await post(own, { Cookie, 'Content-Type': 'application/json' }, '{}');
    expect(written.status).toBe(200);
    expect(backend.reached).toMatchObject([
      { body: '{}', headers: { authorization: `Bearer token-of-${namespace}` } },
    ]);
    expect(backend.reached[0]?.headers.cookie).toBeUndefined();
    expect(JSON.parse((await to('/live/status', { headers: { Cookie } })).body)).toMatchObject({
      visitor: { namespace },
    });
  });

  test('what is only tried needs no namespace', async () => {
    const target = `${via}/api/v1/namespaces/default/configmaps?dryRun=All`;
    const tried = await post(target, { 'Content-Type': 'application/json' }, '{}');
    expect(tried.status).toBe(200);
    expect(tried.headers['set-cookie']).toBeUndefined();
    expect(backend.reached[0]?.headers.authorization).toBeUndefined();
  });

  test('a cookie that was not given here opens nothing of others', async () => {
    await post(`${via}/api/v1/namespaces/default/configmaps`);
    const Cookie = `hop-visitor=${'0'.repeat(32)}`;
    const answer = await post(`${via}/api/v1/namespaces/x/configmaps`, { Cookie });
    expect(answer.headers['set-cookie']?.[0]).not.toContain('0'.repeat(32));
    expect(backend.openNamespaces.size).toBe(2);
  });

  test('one address cannot take the visits of all: its oldest gives way', async () => {
    for (let visit = 0; visit < 7; visit++) {
      await post(`${via}/api/v1/namespaces/default/configmaps`);
    }
    expect(backend.openNamespaces.size).toBe(5);
  });

  test('a visit may write so much and no more', async () => {
    const refused = await post(`${via}/api/v1/namespaces/default/configmaps`);
    const Cookie = refused.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    const [namespace = ''] = backend.openNamespaces;
    const own = `${via}/api/v1/namespaces/${namespace}/configmaps`;
    const body = 'x'.repeat(250 * 1024);
    let last = await post(own, { Cookie }, body);
    for (let write = 1; write < 17; write++) last = await post(own, { Cookie }, body);
    expect(last.status).toBe(403);
    expect(JSON.parse(last.body)).toMatchObject({ code: 'quota-exceeded' });
  });

  test('what visitors opened ends with the server', async () => {
    await post(`${via}/api/v1/namespaces/default/configmaps`);
    expect(backend.openNamespaces.size).toBe(1);
    await stack.disposeAsync();
    expect(backend.openNamespaces.size).toBe(0);
  });

  test('a real cluster is only read', async () => {
    await serve({}, 'cluster');
    const answer = await post(`${via}/api/v1/namespaces/default/configmaps`);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'read-only' });
    expect((await to(`${via}/version`)).status).toBe(200);
  });
});
