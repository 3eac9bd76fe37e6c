import { once } from 'node:events';
import { connect } from 'node:http2';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../store/memory-store.ts';
import { at, listAt, textAt, type ApiObject } from './api-object.ts';
import { alwaysAllow, uniteAuthorizers } from './authorization.ts';
import { beginRequest } from './begun-request.ts';
import { createHealth } from '../../proxies/kit/apiserver/health.ts';
import { createInFlight } from './in-flight.ts';
import { createMetrics } from './metrics.ts';
import { readRequest } from '../../proxies/kit/apiserver/request-info.ts';
import { startTestApiserver } from './testing/test-apiserver.ts';

describe('what every cluster has from the start', () => {
  it('is made once, by however many apiservers, and mended when they start again', async () => {
    const store = createMemoryStore<ApiObject>();
    const start = () => startTestApiserver({ store });
    const [one, other] = await Promise.all([start(), start()]);
    const names = async (path: string) =>
      listAt((await one.send('GET', path)).json, 'items').map((item) =>
        textAt(item, 'metadata', 'name'),
      );
    expect(await names('/api/v1/namespaces')).toEqual([
      'default',
      'kube-node-lease',
      'kube-public',
      'kube-system',
    ]);
    const service = await one.send('GET', '/api/v1/namespaces/default/services/kubernetes');
    expect(at(service.json, 'spec', 'clusterIP')).toBe('10.96.0.1');
    const view = '/apis/rbac.authorization.k8s.io/v1/clusterroles/system:basic-user';
    await one.send('PUT', view, { metadata: { name: 'system:basic-user' }, rules: [] });
    const revision = await store.currentRevision();
    await using again = await start();
    expect(listAt((await again.send('GET', view)).json, 'rules').length).toBeGreaterThan(0);
    // Beside it, only its own authorities were published anew.
    expect(await store.currentRevision()).toBe(revision + 2);
    await Promise.all([one, other].map((apiserver) => apiserver[Symbol.asyncDispose]()));
  });

  it('has the endpoints of the apiservers that live', async () => {
    const store = createMemoryStore<ApiObject>();
    const start = (address: string) =>
      startTestApiserver({ store, advertise: { address, port: 6443 } });
    const [one, other] = await Promise.all([start('172.30.0.11'), start('172.30.0.12')]);
    const addresses = async () => {
      const path = '/api/v1/namespaces/default/endpoints/kubernetes';
      return listAt((await one.send('GET', path)).json, 'subsets', 0, 'addresses').map((entry) =>
        textAt(entry, 'ip'),
      );
    };
    await expect.poll(addresses, { timeout: 8000 }).toEqual(['172.30.0.11', '172.30.0.12']);
    await other[Symbol.asyncDispose]();
    expect(await addresses()).toEqual(['172.30.0.11']);
    const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes';
    expect((await one.send('GET', slices)).json).toMatchObject({
      endpoints: [{ addresses: ['172.30.0.11'], conditions: { ready: true } }],
    });
    await one[Symbol.asyncDispose]();
  }, 15_000);
});

describe('an audit trail', () => {
  it('has a line for each request, with its id, user and decision', async () => {
    const lines: string[] = [];
    await using apiserver = await startTestApiserver({ audit: (line) => lines.push(line) });
    const headers = { 'Audit-ID': 'mine', 'Impersonate-User': 'bob' };
    const { status, headers: answered } = await apiserver.send(
      'GET',
      '/api/v1/namespaces/default/secrets/x?limit=1',
      undefined,
      'admin',
      { headers },
    );
    expect([status, answered['audit-id']]).toEqual([403, 'mine']);
    await expect.poll(() => lines.length).toBe(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'Metadata',
      auditID: 'mine',
      stage: 'ResponseComplete',
      requestURI: '/api/v1/namespaces/default/secrets/x?limit=1',
      verb: 'get',
      user: { username: 'admin', groups: ['system:masters', 'system:authenticated'] },
      impersonatedUser: { username: 'bob' },
      sourceIPs: ['127.0.0.1'],
      objectRef: { resource: 'secrets', namespace: 'default', name: 'x', apiVersion: 'v1' },
      responseStatus: { code: 403 },
      annotations: { 'authorization.k8s.io/decision': 'forbid' },
    });
  });
});

describe('health', () => {
  const health = createHealth([
    { name: 'ping', isHealthy: () => true },
    { name: 'etcd', isHealthy: () => false },
    { name: 'shutdown', endpoints: ['readyz'], isHealthy: () => true },
  ]);
  it.each([
    [
      '/readyz',
      '',
      500,
      '[+]ping ok\n[-]etcd failed: reason withheld\n[+]shutdown ok\nreadyz check failed\n',
    ],
    ['/livez', 'exclude=etcd', 200, 'ok'],
    [
      '/livez',
      'verbose&exclude=etcd',
      200,
      '[+]ping ok\n[+]etcd excluded: ok\nlivez check passed\n',
    ],
    [
      '/livez',
      'verbose&exclude=etcd&exclude=nope',
      200,
      '[+]ping ok\n[+]etcd excluded: ok\nwarn: some health checks cannot be excluded: no matches for "nope"\nlivez check passed\n',
    ],
    ['/healthz/ping', '', 200, 'ok'],
    ['/healthz/etcd', '', 500, 'internal server error: etcd failed: reason withheld\n'],
  ])('at %s?%s', (path, query, status, text) => {
    expect(health.answer(path, new URLSearchParams(query))).toEqual({ status, text });
  });

  it.each(['/livez/shutdown', '/readyz/nope', '/'])('has nothing at %s', (path) => {
    expect(health.answer(path, new URLSearchParams())).toBeUndefined();
  });
});

describe('metrics', () => {
  it('have as many lines as there is to ask for, whatever is asked', () => {
    const metrics = createMetrics(createInFlight({ reading: 0, mutating: 0 }));
    const linesOf = () => metrics.text().split('\n').length;
    const before = linesOf();
    for (let index = 0; index < 100; index += 1) {
      for (const path of [`/apis/group-${index}/v1/things`, `/api/v1/thing-${index}`]) {
        metrics.count(readRequest('GET', path), 403);
      }
      metrics.count(readRequest('GET', `/api/v1/namespaces/a/pods/b/part-${index}`), 403);
      metrics.count(readRequest(`VERB${index}`, '/api/v1/pods'), 405);
    }
    metrics.count(readRequest('GET', '/api/v1/namespaces/a/pods/b/log'), 200);
    expect(linesOf() - before).toBeLessThan(10);
    expect(metrics.text()).toContain('subresource="log"');
  });
});

describe('the limit of requests under way', () => {
  const jane = { name: 'jane', groups: [] };
  const read = readRequest('GET', '/api/v1/pods');

  it('turns away one too many, but no watch and no administrator', () => {
    const inFlight = createInFlight({ reading: 1, mutating: 1 });
    const first = inFlight.enter(read, jane);
    expect(inFlight.enter(read, jane)).toBeUndefined();
    expect(inFlight.enter(readRequest('POST', '/api/v1/pods'), jane)).toBeDefined();
    expect(inFlight.enter(readRequest('GET', '/api/v1/pods?watch=1'), jane)).toBeDefined();
    expect(inFlight.enter(read, { name: 'root', groups: ['system:masters'] })).toBeDefined();
    first?.[Symbol.dispose]();
  });

  it('does not count who has gone before they were known', async () => {
    const { promise: known, resolve: tell } = Promise.withResolvers<{
      name: string;
      groups: string[];
    }>();
    const inFlight = createInFlight({ reading: 1, mutating: 1 });
    const begun = beginRequest(
      {
        method: 'GET',
        url: '/version',
        httpVersion: '1.1',
        headers: {},
        rawHeaders: [],
        socket: undefined,
        async *[Symbol.asyncIterator]() {
          yield Buffer.alloc(0);
        },
      },
      {
        inFlight,
        authenticator: { authenticate: () => known, userOfToken: async () => undefined },
        authorizer: uniteAuthorizers([alwaysAllow]),
        metrics: createMetrics(inFlight),
        audit: undefined,
      },
    );
    const admitted = begun?.admit();
    begun?.ended(0);
    tell({ name: 'jane', groups: [] });
    await expect(admitted).rejects.toThrow();
    expect(inFlight.count()).toBe(0);
  });

  it('is answered with 429 and when to come again', async () => {
    await using apiserver = await startTestApiserver({ maxMutatingRequestsInflight: 1 });
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const session = connect(apiserver.server, { ca: apiserver.caPem });
    // Its body never comes: it stays under way.
    const held = session.request({
      ':method': 'POST',
      ':path': path,
      authorization: 'Bearer jane',
      'content-type': 'application/json',
    });
    held.on('error', () => undefined);
    await expect
      .poll(async () => (await apiserver.send('POST', path, {}, 'jane')).status)
      .toBe(429);
    const refused = await apiserver.send('POST', path, {}, 'jane');
    expect(refused.headers['retry-after']).toBe('1');
    expect(refused.json).toMatchObject({ reason: 'TooManyRequests' });
    session.destroy();
  });
});

it('ends watches and lets short requests finish', async () => {
  const apiserver = await startTestApiserver();
  const session = connect(apiserver.server, { ca: apiserver.caPem });
  const watch = session.request({ ':path': '/api/v1/pods?watch=1', authorization: 'Bearer admin' });
  await once(watch, 'response');
  const ended = once(watch, 'close');
  watch.resume();
  const short = apiserver.send('GET', '/api/v1/namespaces');
  await short;
  await apiserver[Symbol.asyncDispose]();
  await ended;
  await expect(apiserver.send('GET', '/livez')).rejects.toThrow('ECONNREFUSED');
});

describe('a node’s agent', () => {
  it('reads and writes what is its own', async () => {
    await using apiserver = await startTestApiserver();
    const cert = await apiserver.clients.issueClient({
      user: 'system:node:node-1',
      groups: ['system:nodes'],
    });
    const asNode = async (method: string, path: string, body?: object) =>
      (await apiserver.send(method, path, body, '', { cert })).status;
    const node = (name: string) => ({ metadata: { name } });
    const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
    const pod = (name: string, nodeName: string) => ({
      metadata: { name },
      spec: {
        nodeName,
        containers: [{ name: 'c', image: 'c', envFrom: [{ secretRef: { name: `of-${name}` } }] }],
      },
    });
    const pods = '/api/v1/namespaces/default/pods';
    const secrets = '/api/v1/namespaces/default/secrets';
    for (const [name, on] of [
      ['mine', 'node-1'],
      ['other', 'node-2'],
    ] as const) {
      expect((await apiserver.send('POST', pods, pod(name, on))).status).toBe(201);
      await apiserver.send('POST', secrets, { metadata: { name: `of-${name}` } });
    }
    const table = [
      ['POST', '/api/v1/nodes', node('node-1'), 201],
      ['POST', '/api/v1/nodes', node('node-2'), 403],
      ['GET', '/api/v1/nodes/node-1', undefined, 200],
      ['GET', '/api/v1/nodes', undefined, 403],
      ['POST', leases, node('node-1'), 201],
      ['POST', leases, node('node-2'), 403],
      ['GET', `${pods}/mine`, undefined, 200],
      ['GET', `${pods}/other`, undefined, 403],
      ['GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-1', undefined, 200],
      ['GET', '/api/v1/pods', undefined, 403],
      ['GET', `${secrets}/of-mine`, undefined, 200],
      ['GET', `${secrets}/of-other`, undefined, 403],
      ['GET', secrets, undefined, 403],
      ['DELETE', `${pods}/other`, undefined, 403],
      ['DELETE', `${pods}/mine`, undefined, 200],
    ] as const;
    const seen: unknown[] = [];
    for (const [method, path, body] of table) {
      seen.push([method, path, body, await asNode(method, path, body)]);
    }
    expect(seen).toEqual(table);
  });
});
