import { once } from 'node:events';
import { request } from 'node:https';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../store/memory-store.ts';
import { at, textAt, type ApiObject } from '../api-object.ts';
import type { ApiserverOptions } from '../options.ts';
import type { ApiStore } from '../registry.ts';
import {
  apiService,
  apiServices,
  group,
  registerService,
  root,
  startAggregatedServer,
  widgets,
  type AggregatedServer,
} from '../testing/aggregated-server.ts';
import { startTestApiserver, type TestApiserver } from '../testing/test-apiserver.ts';

const ours = `${apiServices}/v1.${group}`;
let target: AggregatedServer;
let store: ApiStore;
let api: TestApiserver;
let stack: AsyncDisposableStack;

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  target = stack.use(await startAggregatedServer());
  await start();
});
afterEach(() => stack.disposeAsync());

async function start(options: Partial<ApiserverOptions> = {}): Promise<void> {
  store = createMemoryStore<ApiObject>();
  const started = await startTestApiserver({ store, allowLoopbackEndpoints: true, ...options });
  api = stack.use(started);
}

/** Claims the group, and waits for what the apiserver says of it. */
async function claim(reason: string, spec?: object): Promise<ApiObject> {
  const found = untilReason(reason);
  const { status, text } = await api.send('POST', apiServices, apiService(spec));
  expect([status, text]).toEqual([201, expect.any(String)]);
  return found;
}

async function untilReason(reason: string): Promise<ApiObject> {
  const { promise, resolve } = Promise.withResolvers<ApiObject>();
  const watch = await store.watch({
    prefix: '/apiregistration.k8s.io/apiservices/',
    after: await store.currentRevision(),
    onChange: ({ entry: { value } }) => {
      if (textAt(value, 'status', 'conditions', 0, 'reason') === reason) resolve(value);
    },
  });
  const found = await promise;
  if (watch.result === 'watching') watch.stop();
  return found;
}

describe('a group that an APIService claims', () => {
  beforeEach(async () => {
    await registerService(api, target);
    await claim('Passed');
  });

  it('is answered by the server behind its Service', async () => {
    const { status, json } = await api.send('GET', `${widgets}/first`);
    expect([status, textAt(json, 'kind')]).toEqual([200, 'Widget']);
  });

  it('is no longer, once the APIService is gone', async () => {
    await api.send('DELETE', ours);
    const { status, text } = await api.send('GET', `${widgets}/first`);
    expect([status, text]).toEqual([404, '404 page not found\n']);
  });

  it('passes the query on as it came, and what the server answers with it', async () => {
    const { status, text } = await api.send('GET', `${widgets}/x%20y?b=%2f&a=1&a`);
    expect([status, text]).toEqual([404, 'no such widget']);
    expect(target.requests[0]?.url).toBe(`${widgets}/x%20y?b=%2f&a=1&a`);
  });

  it('learns who asks from headers that nobody else can set, and no token', async () => {
    await api.send('GET', `${widgets}/first`, undefined, 'admin', {
      headers: {
        'Impersonate-User': 'jane',
        'Impersonate-Group': ['dev', 'system:masters'],
        'Impersonate-Extra-Example.dev%2Fteam': 'blue',
        'X-Remote-User': 'somebody-else',
        'X-Remote-Uid': '7',
        'X-Remote-Extra-Scopes': 'all',
      },
    });
    const { headers, rawHeaders } = target.requests[0] ?? {};
    const groups = rawHeaders?.filter((_, index) => rawHeaders[index - 1] === 'X-Remote-Group');
    expect(groups).toEqual(['dev', 'system:masters', 'system:authenticated']);
    expect(headers).toMatchObject({
      host: `127.0.0.1:${target.port}`,
      'x-remote-user': 'jane',
      'x-remote-extra-example.dev%2fteam': 'blue',
      'x-forwarded-for': '127.0.0.1',
    });
    for (const name of [
      'authorization',
      'impersonate-user',
      'x-remote-uid',
      'x-remote-extra-scopes',
      'x-forwarded-uri',
    ]) {
      expect(headers).not.toHaveProperty(name);
    }
  });

  it('keeps the audit id of the request', async () => {
    const headers = { 'Audit-ID': 'one-and-the-same' };
    const answer = await api.send('GET', `${widgets}/first`, undefined, 'admin', { headers });
    expect(target.requests[0]?.headers['audit-id']).toBe('one-and-the-same');
    expect(answer.headers['audit-id']).toBe('one-and-the-same');
  });

  it('is reached by nobody who may not', async () => {
    const { status, json } = await api.send('GET', widgets, undefined, 'jane');
    expect([status, json.message]).toEqual([
      403,
      'widgets.example.dev is forbidden: User "jane" cannot list resource "widgets" in API group "example.dev" in the namespace "default"',
    ]);
    expect(target.requests).toEqual([]);
  });

  it('is watched: events come as they are sent', async () => {
    const sent = request(`${api.server}${widgets}?watch=true`, {
      ca: api.caPem,
      headers: { Authorization: 'Bearer admin' },
    }).end();
    const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream];
    const [line] = (await once(response, 'data')) as [Buffer];
    expect(JSON.parse(line.toString())).toMatchObject({
      type: 'ADDED',
      object: { kind: 'Widget' },
    });
    sent.destroy();
  });

  it('takes connections that become something else', async () => {
    const sent = request(`${api.server}${widgets}/first/attach`, {
      ca: api.caPem,
      headers: { Authorization: 'Bearer admin', Connection: 'Upgrade', Upgrade: 'echo' },
    }).end();
    const [, socket] = (await once(sent, 'upgrade')) as [unknown, Duplex];
    socket.write('there and back');
    const [echo] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(echo.toString()).toBe('there and back');
    expect(target.requests[0]?.headers).toMatchObject({ 'x-remote-user': 'admin' });
    expect(target.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  it('is in discovery, old and aggregated', async () => {
    const version = { groupVersion: `${group}/v1`, version: 'v1' };
    const described = { name: group, versions: [version], preferredVersion: version };
    const list = await api.send('GET', '/apis');
    expect(at(list.json, 'groups')).toContainEqual(described);
    expect((await api.send('GET', `/apis/${group}`)).json).toMatchObject(described);
    expect((await api.send('GET', root)).json).toMatchObject({ groupVersion: `${group}/v1` });
    expect((await api.send('GET', '/')).json.paths).toContain(root);
    const accept =
      'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    const headers = { Accept: accept };
    const { json } = await api.send('GET', '/apis', undefined, 'admin', { headers });
    expect(at(json, 'items')).toContainEqual({
      metadata: { name: group, creationTimestamp: null },
      versions: [
        {
          version: 'v1',
          resources: [
            {
              resource: 'widgets',
              responseKind: { group, kind: 'Widget', version: 'v1' },
              scope: 'Namespaced',
              singularResource: 'widget',
              verbs: ['get', 'list', 'watch'],
              shortNames: ['wd'],
              subresources: [
                {
                  subresource: 'status',
                  responseKind: { group, kind: 'Widget', version: 'v1' },
                  verbs: ['get'],
                },
              ],
            },
          ],
          freshness: 'Current',
        },
      ],
    });
  });

  it.each(['moved', 'found', 'unchanged-elsewhere'])(
    'sends nobody elsewhere: %s (CVE-2022-3172)',
    async (name) => {
      const { status, text, headers } = await api.send('GET', `${widgets}/${name}`);
      expect([status, text]).toEqual([
        502,
        'the backend attempted to redirect this request, which is not permitted',
      ]);
      expect(headers).not.toHaveProperty('location');
    },
  );

  it('may say that nothing has changed', async () => {
    const { status, text } = await api.send('GET', `${widgets}/unchanged`);
    expect([status, text]).toEqual([304, '']);
  });

  it('is asked no more while its server fails its discovery check', async () => {
    target.discoveryStatus = 500;
    const lost = untilReason('FailedDiscoveryCheck');
    // A change of its Service is a reason to look again.
    await api.send('DELETE', '/api/v1/namespaces/default/services/widgets');
    await registerService(api, target);
    const url = `https://127.0.0.1:${target.port}${root}`;
    expect(textAt(await lost, 'status', 'conditions', 0, 'message')).toBe(
      `failing or missing response from ${url}: bad status from ${url}: 500`,
    );
    const { status, text } = await api.send('GET', `${widgets}/first`);
    expect([status, text]).toEqual([503, 'service unavailable\n']);
  });
});

describe('redirects', () => {
  it('pass where --aggregator-reject-forwarding-redirect=false', async () => {
    await start({ aggregatorRejectForwardingRedirect: false });
    await registerService(api, target);
    await claim('Passed');
    const { status, headers } = await api.send('GET', `${widgets}/moved`);
    expect([status, headers.location]).toEqual([301, 'https://198.51.100.1/elsewhere']);
  });
});

describe('the certificate of the server', () => {
  beforeEach(() => registerService(api, target));

  it('is taken where caBundle signed it for the name of the Service', async () => {
    const caBundle = Buffer.from(target.authority.certificatePem).toString('base64');
    await claim('Passed', { caBundle });
    expect((await api.send('GET', `${widgets}/first`)).status).toBe(200);
  });

  it('is refused where somebody else signed it', async () => {
    const caBundle = Buffer.from(api.caPem).toString('base64');
    await claim('Passed', { caBundle });
    const { status, text } = await api.send('GET', `${widgets}/first`);
    expect([status, text]).toEqual([
      503,
      'error trying to reach service: tls: failed to verify certificate: x509: certificate signed by unknown authority\n',
    ]);
    expect(target.requests).toEqual([]);
  });

  it('is nothing to go by where caBundle is no certificate', async () => {
    await claim('Passed', { caBundle: Buffer.from('none').toString('base64') });
    const { status, text } = await api.send('GET', `${widgets}/first`);
    expect([status, text]).toEqual([
      500,
      'unable to load root certificates: unable to parse bytes as PEM block\n',
    ]);
  });
});

describe('the certificate of the apiserver', () => {
  it('is shown to the server, for questions and requests alike', async () => {
    const { certificatePem, keyPem } = await api.clients.issueClient({ user: 'aggregator' });
    target = stack.use(await startAggregatedServer(api.clients.certificatePem));
    await start({ proxyClient: { certificate: certificatePem, key: keyPem } });
    await registerService(api, target);
    await claim('Passed');
    expect((await api.send('GET', `${widgets}/first`)).status).toBe(200);
  });
});

describe('what an APIService lacks', () => {
  const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
  const withService = { spec: { ports: [{ name: 'https', port: 443 }] } };
  const service = { metadata: { name: 'widgets' }, ...withService };

  it.each([
    ['ServiceNotFound', [], 'service/widgets in "default" is not present'],
    ['EndpointsNotFound', [service], 'cannot find endpointslices for service/widgets in "default"'],
    [
      'MissingEndpoints',
      [service, { ready: false }],
      'endpointslices for service/widgets in "default" have no addresses with port name "https"',
    ],
    [
      'FailedDiscoveryCheck',
      [service, { ready: true }],
      `failing or missing response from https://127.0.0.1:1${root}: Get "https://127.0.0.1:1${root}": dial tcp 127.0.0.1:1: connect: connection refused`,
    ],
  ] as const)('is in its status: %s', async (reason, [first, conditions], message) => {
    if (first) await api.send('POST', '/api/v1/namespaces/default/services', first);
    if (conditions) {
      await api.send('POST', slices, {
        metadata: { name: 'widgets-1', labels: { 'kubernetes.io/service-name': 'widgets' } },
        addressType: 'IPv4',
        endpoints: [{ addresses: ['127.0.0.1'], conditions }],
        ports: [{ name: 'https', port: 1 }],
      });
    }
    const found = await claim(reason);
    expect(at(found, 'status', 'conditions', 0)).toMatchObject({ status: 'False', message });
    const { status, text } = await api.send('GET', widgets);
    expect([status, text]).toEqual([503, 'service unavailable\n']);
  });

  it('is told again once it is there', async () => {
    await claim('ServiceNotFound');
    const passed = untilReason('Passed');
    await registerService(api, target);
    await passed;
    expect((await api.send('GET', `${widgets}/first`)).status).toBe(200);
  });
});

describe('groups of the apiserver itself', () => {
  it('are claimed by nobody', async () => {
    await registerService(api, target);
    const { metadata, spec } = apiService({ group: 'apps', insecureSkipTLSVerify: true });
    const claims = { metadata: { ...metadata, name: 'v1.apps' }, spec };
    expect((await api.send('POST', apiServices, claims)).status).toBe(201);
    const { json } = await api.send('GET', '/apis/apps/v1/deployments');
    expect(json.kind).toBe('DeploymentList');
    expect(target.requests).toEqual([]);
  });
});
