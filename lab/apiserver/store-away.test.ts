import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type ClientHttp2Session } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectStore } from '../store/remote-store.ts';
import { startStoreProcess, type StoreProcess } from '../store/testing.ts';
import type { ApiObject } from './api-object.ts';
import { startApiserver } from './server.ts';
import { selfSignedCertificate } from '../../proxies/kit/apiserver/serving-certificate.ts';

const path = '/api/v1/namespaces/default/configmaps';
const open = new AsyncDisposableStack();
let startStore: () => Promise<StoreProcess>;
let store: StoreProcess;
let session: ClientHttp2Session;

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'hop-store-away-'));
  open.defer(() => rm(directory, { recursive: true }));
  const listen = join(directory, 'store.sock');
  startStore = async () => open.use(await startStoreProcess(listen, join(directory, 'data')));
  store = await startStore();
  const { server } = open.use(
    await startApiserver({
      ...(await selfSignedCertificate('', ['127.0.0.1'])),
      tokens: new Map([['token', { name: 'admin', groups: ['system:masters'] }]]),
      store: open.use(connectStore<ApiObject>(listen, { timeoutMs: 1000 })),
    }),
  );
  session = connect(server, { rejectUnauthorized: false });
  open.defer(() => session.destroy());
});

afterAll(async () => {
  await open.disposeAsync();
});

const request = (method: string, target: string) =>
  session.request({
    ':method': method,
    ':path': target,
    authorization: 'Bearer token',
    'content-type': 'application/json',
  });

async function send(method: string, target: string, body = '') {
  const stream = request(method, target);
  if (body !== '') stream.end(body);
  const [head] = (await once(stream, 'response')) as [Readonly<Record<string, unknown>>];
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return { status: head[':status'], text: Buffer.concat(chunks).toString() };
}

const create = (name: string) =>
  send('POST', path, JSON.stringify({ metadata: { name }, data: {} }));

it('answers in etcd’s words while the store is away, and goes on when it is back', async () => {
  expect((await create('before')).status).toBe(201);
  const watch = request('GET', `${path}?watch=true`);
  const events = createInterface({ input: watch })[Symbol.asyncIterator]();
  const nextName = async () => /"name":"(\w+)"/.exec(String((await events.next()).value))?.[1];
  expect(await nextName()).toBe('before');

  await store.kill();
  const refused = await send('GET', `${path}/before`);
  expect(refused.status).toBe(500);
  expect(JSON.parse(refused.text)).toEqual({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'etcdserver: request timed out',
    code: 500,
  });
  expect((await create('meanwhile')).status).toBe(500);
  expect((await send('GET', '/readyz')).text).toContain('[-]etcd failed: reason withheld');
  expect((await send('GET', `${path}?resourceVersion=0`)).status).toBe(200);

  store = await startStore();
  expect((await create('after')).status).toBe(201);
  expect(await nextName()).toBe('after');
  expect((await send('GET', '/readyz')).text).toBe('ok');
  watch.close();
});

it('waits for a store that is away at the start', async () => {
  await using own = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'hop-store-late-'));
  own.defer(() => rm(directory, { recursive: true }));
  const listen = join(directory, 'store.sock');
  const late = own.use(connectStore<ApiObject>(listen, { timeoutMs: 100 }));
  const starting = startApiserver({
    ...(await selfSignedCertificate('', ['127.0.0.1'])),
    store: late,
  });
  // Who asks now has waited as long as the apiserver has, and given up.
  await expect(late.get('/anything')).rejects.toThrow('etcdserver: request timed out');
  own.use(await startStoreProcess(listen, join(directory, 'data')));
  own.use(await starting);
  expect(await late.get('/core/namespaces/default')).toBeDefined();
});
