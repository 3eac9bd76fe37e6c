import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiClient, type ApiClient } from '../proxies/kit/api/api-client.ts';
import { startTestApiserver, type TestApiserver } from './apiserver/testing/test-apiserver.ts';
import { openVisitors, type Visitor, type Visitors } from './visitors.ts';

const note = { metadata: { name: 'note' }, data: { a: '1' } };
const configMaps = (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps`;
const service = { metadata: { name: 'web' }, spec: { ports: [{ port: 80 }] } };
const endpoints = { metadata: { name: 'web' }, subsets: [] };
const slice = { metadata: { name: 'web' }, addressType: 'IPv4', endpoints: [] };

let apiserver: TestApiserver;
let client: ApiClient;
let visitors: Visitors;
let ann: Visitor;

beforeAll(async () => {
  apiserver = await startTestApiserver();
  const { server, caPem, token } = apiserver;
  client = createApiClient({ server, caPem, token, userAgent: 'test' });
  visitors = await openVisitors(client);
  ann = await visitors.create('ann');
});
afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await apiserver[Symbol.asyncDispose]();
});

describe('a visitor', () => {
  it.each([
    ['reads pods everywhere', 'GET', '/api/v1/pods', undefined, 200],
    ['reads roles', 'GET', '/apis/rbac.authorization.k8s.io/v1/clusterroles', undefined, 200],
    ['reads no secrets', 'GET', '/api/v1/secrets', undefined, 403],
    ['tries writes elsewhere', 'POST', `${configMaps('default')}?dryRun=All`, note, 201],
    ['makes none there', 'POST', configMaps('default'), note, 403],
    ['makes them at home', 'POST', configMaps('visitor-ann'), note, 201],
    ['makes a Service at home', 'POST', '/api/v1/namespaces/visitor-ann/services', service, 201],
    [
      'draws no other address to a Service',
      'POST',
      '/api/v1/namespaces/visitor-ann/services',
      { metadata: { name: 'drawn' }, spec: { ports: [{ port: 80 }], externalIPs: ['192.0.2.2'] } },
      403,
    ],
    // Authorized: what it is not, is found by the proxy.
    ['reaches Services', 'GET', '/api/v1/namespaces/default/services/x:80/proxy/', undefined, 404],
    ['reaches pods', 'HEAD', '/api/v1/namespaces/default/pods/x/proxy/', undefined, 404],
    ['sends them nothing', 'POST', '/api/v1/namespaces/default/services/x/proxy/', {}, 403],
    ['reaches no node', 'GET', '/api/v1/nodes/node-1/proxy/healthz', undefined, 403],
    ['nor another port of it', 'GET', '/api/v1/nodes/node-1:80/proxy/', undefined, 403],
    [
      'nothing in kube-system',
      'GET',
      '/api/v1/namespaces/kube-system/pods/x/proxy/',
      undefined,
      403,
    ],
    ['no pod at home', 'GET', '/api/v1/namespaces/visitor-ann/pods/x/proxy/', undefined, 403],
    ['makes no Endpoints', 'POST', '/api/v1/namespaces/visitor-ann/endpoints', endpoints, 403],
    [
      'makes no EndpointSlices',
      'POST',
      '/apis/discovery.k8s.io/v1/namespaces/visitor-ann/endpointslices',
      slice,
      403,
    ],
    [
      'enters no pod',
      'POST',
      '/api/v1/namespaces/visitor-ann/pods/x/exec?command=sh',
      undefined,
      403,
    ],
    [
      'goes through no Service',
      'GET',
      '/api/v1/namespaces/visitor-ann/services/web/proxy/',
      undefined,
      403,
    ],
    [
      'makes no token, not even as a trial',
      'POST',
      '/api/v1/namespaces/default/serviceaccounts/default/token?dryRun=All',
      {},
      403,
    ],
  ] as const)('%s', async (_, method, path, body, status) => {
    expect((await apiserver.send(method, path, body, ann.token)).status).toBe(status);
  });

  it('is alone at home', async () => {
    await using bob = await visitors.create('bob');
    const { status } = await apiserver.send('POST', configMaps(bob.namespace), note, ann.token);
    expect(status).toBe(403);
  });

  it('takes its token and its namespace along', async () => {
    const visitor = await visitors.create('eve');
    await expect(visitors.create('eve')).rejects.toThrow('here already');
    await expect(visitors.create('../kube-system')).rejects.toThrow('DNS label');
    expect((await apiserver.send('GET', '/api/v1/pods', undefined, visitor.token)).status).toBe(
      200,
    );
    await visitor[Symbol.asyncDispose]();
    expect((await apiserver.send('GET', '/version', undefined, visitor.token)).status).toBe(401);
    const left = await client.get(`/api/v1/namespaces/${visitor.namespace}`).catch(() => undefined);
    expect(left === undefined || left.metadata.deletionTimestamp !== undefined).toBe(true);
  });
});

it('lets anybody with the group’s token read and try, and nothing else', async () => {
  const { visitorToken } = apiserver;
  const send = (method: 'GET' | 'POST', path: string, body?: object) =>
    apiserver.send(method, path, body, visitorToken);
  expect((await send('GET', '/api/v1/pods')).status).toBe(200);
  expect((await send('POST', `${configMaps('default')}?dryRun=All`, note)).status).toBe(201);
  expect((await send('POST', configMaps('visitor-ann'), note)).status).toBe(403);
});
