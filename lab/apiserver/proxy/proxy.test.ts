import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { request as sendRequest } from 'node:https';
import { text as readText } from 'node:stream/consumers';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApiserver, type TestApiserver } from '../testing/test-apiserver.ts';
import { createObjects, startTargets, type Targets } from './testing/targets.ts';

const core = '/api/v1/namespaces/default';
const web = `${core}/services/web:http/proxy`;

let targets: Targets;
let api: TestApiserver;
const audit: string[] = [];

beforeAll(async () => {
  targets = await startTargets();
  api = await startTestApiserver({
    allowLoopbackEndpoints: true,
    kubeletClient: targets.kubeletClient,
    audit: (line) => audit.push(line),
  });
  await createObjects(api, targets);
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await targets[Symbol.asyncDispose]();
});

describe('the proxy of an apiserver', () => {
  it.each([
    ['a Service', () => web, 'plain', ''],
    ['a Service by its port number', () => `${core}/services/web:80/proxy`, 'plain', ''],
    ['a Service over TLS', () => `${core}/services/https:web:tls/proxy`, 'tls', ''],
    ['a Service, escaped', () => `${core}/services/https%3Aweb%3A443/proxy`, 'tls', ''],
    ['a pod', () => `${core}/pods/web/proxy`, 'plain', ''],
    ['a pod by its port', () => `${core}/pods/https:web:${targets.tls}/proxy`, 'tls', ''],
    ['a node', () => '/api/v1/nodes/node-1/proxy', 'kubelet', 'kube-apiserver-kubelet-client'],
    [
      'a node by the port of its kubelet',
      () => `/api/v1/nodes/http:node-1:${targets.kubelet}/proxy`,
      'kubelet',
      'kube-apiserver-kubelet-client',
    ],
  ])('reaches %s', async (_, path, name, certificate) => {
    const answer = await api.send('GET', `${path()}/a/b?c=d%2Fe`);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ name, method: 'GET', url: '/a/b?c=d%2Fe', certificate });
    expect(answer.headers).toMatchObject({ 'x-target': name });
    expect(answer.headers['audit-id']).toMatch(/^[-0-9a-f]{36}$/);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('passes %s on with its body', async (method) => {
    const answer = await api.send(method, `${web}/x`, { sent: true });
    expect(answer.json).toMatchObject({ method, url: '/x', body: '{"sent":true}' });
  });

  it('passes OPTIONS and HEAD on', async () => {
    expect((await api.send('OPTIONS', `${web}/x`)).json).toMatchObject({ method: 'OPTIONS' });
    const head = await api.send('HEAD', `${web}/x`);
    expect(head).toMatchObject({ status: 200, text: '' });
  });

  it.each(['TRACE', 'PROPFIND', 'M-SEARCH'])('takes no %s', async (method) => {
    expect((await api.send(method, `${web}/x`)).json).toMatchObject({
      code: 405,
      reason: 'MethodNotAllowed',
      message: 'the server does not allow this method on the requested resource',
    });
  });

  it('takes nothing as a trial', async () => {
    expect((await api.send('POST', `${web}/x?dryRun=All`)).json).toMatchObject({
      code: 400,
      message: 'dryRun is not supported',
    });
  });

  it('stands below no other resource', async () => {
    expect((await api.send('GET', `${core}/configmaps/a/proxy/`)).json).toMatchObject({
      code: 404,
      message: 'the server could not find the requested resource',
    });
  });

  it('leaves it to the target what it can answer with', async () => {
    const headers = { Accept: 'application/vnd.kubernetes.protobuf' };
    expect((await api.send('GET', `${web}/x`, undefined, 'admin', { headers })).json).toMatchObject(
      { headers: { accept: 'application/vnd.kubernetes.protobuf' } },
    );
  });

  it('redirects to the root with its slash', async () => {
    const answer = await api.send('GET', `${web}?x=1`);
    expect(answer.status).toBe(301);
    expect(answer.headers.location).toBe(`${web}/?x=1`);
  });

  it('leads redirects of the target back to itself', async () => {
    const answer = await api.send('GET', `${web}/moved`);
    expect(answer.status).toBe(302);
    expect(answer.headers.location).toBe(`${web}/elsewhere?x=1`);
  });

  it('keeps the credentials of the API to itself', async () => {
    const headers = { 'Impersonate-User': 'jane', 'Impersonate-Group': 'system:masters' };
    const answer = await api.send('GET', `${web}/x`, undefined, 'admin', { headers });
    const seen = Object.keys(Object(answer.json.headers) as object);
    expect(seen).toContain('x-forwarded-uri');
    expect(seen.filter((name) => /^(authorization|impersonate-)/.test(name))).toEqual([]);
  });

  it('speaks HTTP/2 with clients, too', async () => {
    const session = connectHttp2(api.server, { ca: api.caPem });
    const stream = session.request({
      ':method': 'POST',
      ':path': `${web}/h2`,
      authorization: 'Bearer admin',
    });
    stream.end('body');
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
    expect(headers[':status']).toBe(200);
    expect(JSON.parse(await readText(stream))).toMatchObject({ url: '/h2', body: 'body' });
    session.close();
  });

  it('stays with its target, whatever the path says', async () => {
    for (const path of ['../../x', '%2e%2e/%2E%2E/x', '..%2F..%2Fx', '/./../x']) {
      // As a path: in a URL, dots would be gone before it is sent.
      const sent = sendRequest({
        host: '127.0.0.1',
        port: api.port,
        ca: api.caPem,
        path: `${web}/${path}`,
        headers: { Authorization: 'Bearer admin' },
      }).end();
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      expect(JSON.parse(await readText(answer))).toMatchObject({ url: '/x' });
    }
  });

  it('answers what it cannot resolve as recorded', async () => {
    const { json } = await api.send('GET', `${core}/services/nosuch/proxy/`);
    expect(json).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'services "nosuch" not found',
      reason: 'NotFound',
      details: { name: 'nosuch', kind: 'services' },
      code: 404,
    });
  });
});

describe('who may go through it', () => {
  beforeAll(async () => {
    const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default';
    await api.send('POST', `${rbac}/roles`, {
      metadata: { name: 'webproxy' },
      rules: [
        {
          apiGroups: [''],
          resources: ['services/proxy'],
          resourceNames: ['web:80'],
          verbs: ['get', 'create'],
        },
      ],
    });
    await api.send('POST', `${rbac}/rolebindings`, {
      metadata: { name: 'webproxy' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'webproxy' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }],
    });
  });

  it.each([
    ['GET', 'web:80', 200],
    ['HEAD', 'web:80', 200],
    ['POST', 'web:80', 200],
    ['PUT', 'web:80', 403],
    ['PATCH', 'web:80', 403],
    ['DELETE', 'web:80', 403],
    ['OPTIONS', 'web:80', 403],
    // The same Service, and another name.
    ['GET', 'web', 403],
    ['GET', 'web:http', 403],
    ['GET', 'http:web:80', 403],
  ])('%s of %s: %i', async (method, id, status) => {
    const path = `${core}/services/${id}/proxy/x`;
    expect((await api.send(method, path, undefined, 'jane')).status).toBe(status);
  });

  it.each([
    [
      'GET',
      `${web}/x`,
      'services "web:http"',
      'get',
      'services/proxy',
      'in the namespace "default"',
    ],
    [
      'OPTIONS',
      `${web}/x`,
      'services "web:http"',
      '',
      'services/proxy',
      'in the namespace "default"',
    ],
    [
      'POST',
      '/api/v1/nodes/node-1:10250/proxy/run',
      'nodes "node-1:10250"',
      'create',
      'nodes/proxy',
      'at the cluster scope',
    ],
  ])(
    '%s %s is refused in the recorded words',
    async (method, path, what, verb, resource, where) => {
      const answer = await api.send(method, path, undefined, 'jane');
      expect(answer.status).toBe(403);
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      expect(answer.json.message).toBe(
        `${what} is forbidden: User "jane" cannot ${verb} resource "${resource}" in API group "" ${where}`,
      );
    },
  );

  it('is nobody without a token', async () => {
    const answer = await api.send('GET', `${web}/x`, undefined, '');
    expect(answer.json.message).toContain('User "system:anonymous" cannot get resource');
  });

  it('may not write where a pod is, with the rights of an editor', async () => {
    const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default';
    await api.send('POST', `${rbac}/rolebindings`, {
      metadata: { name: 'editor' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'eve' }],
    });
    const metadata = { name: 'astray', namespace: 'default' };
    const spec = { containers: [{ name: 'c', image: 'x', ports: [{ containerPort: 22 }] }] };
    const status = { podIP: '127.0.0.1', podIPs: [{ ip: '127.0.0.1' }] };
    const pod = { metadata, spec, status };
    expect((await api.sendAs('eve', 'POST', `${core}/pods`, pod)).status).toBe(201);
    expect((await api.sendAs('eve', 'PUT', `${core}/pods/astray`, pod)).status).toBe(200);
    expect((await api.sendAs('eve', 'PUT', `${core}/pods/astray/status`, pod)).status).toBe(403);
    expect((await api.sendAs('eve', 'PUT', '/api/v1/nodes/node-1/status', {})).status).toBe(403);
    const reached = await api.sendAs('eve', 'GET', `${core}/pods/astray/proxy/`);
    expect(reached.json).toMatchObject({ code: 400, message: 'address not allowed' });
  });
});

describe('addresses that are nobody else’s', () => {
  it.each([
    ['another port of the node', () => `/api/v1/nodes/node-1:${targets.plain}/proxy/`],
    ['a port that the pod does not declare', () => `${core}/pods/web:${targets.kubelet}/proxy/`],
  ])('are not dialled on loopback: %s', async (_, path) => {
    expect((await api.send('GET', path())).json).toMatchObject({
      code: 400,
      message: 'address not allowed',
    });
  });

  it('are not dialled where endpoints are no pods', async () => {
    const metadata = { name: 'astray', namespace: 'default' };
    await api.send('POST', `${core}/services`, { metadata, spec: { ports: [{ port: 80 }] } });
    const made = await api.send('POST', `${core}/endpoints`, {
      metadata,
      subsets: [{ addresses: [{ ip: '127.0.0.1' }], ports: [{ port: targets.plain }] }],
    });
    expect(made.status).toBe(201);
    expect((await api.send('GET', `${core}/services/astray/proxy/`)).json).toMatchObject({
      code: 503,
      message: 'no endpoints available for service "astray"',
    });
  });
});

describe('what was there before', () => {
  it.each(['/api/v1/proxy/namespaces/default/services/web/x', '/api/v1/redirect/nodes/node-1'])(
    '%s is not found, by whoever may ask',
    async (path) => {
      expect((await api.send('GET', path)).json).toEqual({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'the server could not find the requested resource',
        reason: 'NotFound',
        details: {},
        code: 404,
      });
    },
  );

  it('is refused by its verb', async () => {
    const old = await api.send(
      'GET',
      `/api/v1/proxy/namespaces/default/services/web/x`,
      undefined,
      'jane',
    );
    expect(old.json.message).toBe(
      'services "web" is forbidden: User "jane" cannot proxy resource "services" in API group "" in the namespace "default"',
    );
    const older = await api.send('GET', '/api/v1/redirect/nodes/node-1', undefined, 'jane');
    expect(older.json.message).toBe(
      'redirect "nodes" is forbidden: User "jane" cannot get resource "redirect/node-1" in API group "" at the cluster scope',
    );
  });
});

describe('an upgrade', () => {
  /** What comes back after the head, until `untilText` has. */
  async function upgrade(path: string, headers: readonly string[]): Promise<Upgraded> {
    const socket = connect({ host: '127.0.0.1', port: api.port, ca: api.caPem });
    await once(socket, 'secureConnect');
    socket.write(
      [
        `GET ${path} HTTP/1.1`,
        'Host: lab',
        'Connection: Upgrade',
        'Upgrade: websocket',
        ...headers,
        '\r\n',
      ].join('\r\n'),
    );
    let read = '';
    const until = async (wanted: string) => {
      while (!read.includes(wanted)) {
        const [chunk] = (await once(socket, 'data')) as [Buffer];
        read += chunk.toString('latin1');
      }
      return read;
    };
    return { socket, until };
  }

  interface Upgraded {
    readonly socket: TLSSocket;
    readonly until: (wanted: string) => Promise<string>;
  }

  it.each([
    ['a Service', () => web],
    ['a pod over TLS', () => `${core}/pods/https:web:${targets.tls}/proxy`],
    ['a node', () => '/api/v1/nodes/node-1/proxy'],
  ])('ties the client to %s', async (_, path) => {
    const { socket, until } = await upgrade(`${path()}/ws`, ['Authorization: Bearer admin']);
    expect(await until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 101 /);
    socket.write('\x01\x02raw bytes\n');
    await until('\x01\x02raw bytes\n');
    socket.destroy();
  });

  const token = `base64url.bearer.authorization.k8s.io.${Buffer.from('admin').toString('base64url')}`;

  it('may have its token among the protocols, which the target does not see', async () => {
    const { socket, until } = await upgrade(`${web}/ws`, [
      `Sec-WebSocket-Protocol: ${token}, chat`,
    ]);
    expect(await until('\r\n\r\n')).toMatch(/X-Protocols: chat\r\n/);
    socket.destroy();
  });

  it('may not have its token alone there', async () => {
    const { socket, until } = await upgrade(`${web}/ws`, [`Sec-WebSocket-Protocol: ${token}`]);
    expect(await until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 401 /);
    socket.destroy();
  });

  it('is refused like any other request', async () => {
    const { socket, until } = await upgrade('/api/v1/nodes/node-1/proxy/exec', [
      'Authorization: Bearer jane',
    ]);
    expect(await until('}\n')).toContain('cannot get resource \\"nodes/proxy\\"');
    socket.destroy();
  });
});

describe('what is told of it', () => {
  it('is an audit event when it begins and when it ends, and a count', async () => {
    const id = '11111111-2222-3333-4444-555555555555';
    const headers = { 'Audit-ID': id };
    await api.send('GET', `${web}/audited`, undefined, 'admin', { headers });
    await expect
      .poll(() =>
        audit.filter((line) => line.includes(id)).map((line) => JSON.parse(line) as object),
      )
      .toMatchObject([
        { stage: 'ResponseStarted', verb: 'get' },
        {
          stage: 'ResponseComplete',
          responseStatus: { code: 200 },
          objectRef: { resource: 'services', subresource: 'proxy', name: 'web:http' },
        },
      ]);
    const metrics = await api.send('GET', '/metrics');
    expect(metrics.text).toMatch(
      /apiserver_request_total\{code="200",.*resource="services",scope="resource",subresource="proxy",verb="GET"/,
    );
  });
});
