/** An aggregated API server for tests: one resource of one group, and redirects, over HTTPS. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAuthority, type Authority } from '../../../proxies/kit/pki/authority.ts';
import type { TestApiserver } from './test-apiserver.ts';

export interface AggregatedServer extends AsyncDisposable {
  readonly port: number;
  /** Signs its certificate. */
  readonly authority: Authority;
  /** What reached it, but for questions of the apiserver's own. */
  readonly requests: readonly IncomingMessage[];
  /** What the health of the server depends on: the status of its discovery document. */
  discoveryStatus: number;
}

export const group = 'example.dev';
export const root = `/apis/${group}/v1`;
export const widgets = `${root}/namespaces/default/widgets`;

const discovery = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: `${group}/v1`,
  resources: [
    {
      name: 'widgets',
      singularName: 'widget',
      namespaced: true,
      kind: 'Widget',
      verbs: ['get', 'list', 'watch'],
      shortNames: ['wd'],
    },
    { name: 'widgets/status', singularName: '', namespaced: true, kind: 'Widget', verbs: ['get'] },
  ],
};
const widget = {
  apiVersion: `${group}/v1`,
  kind: 'Widget',
  metadata: { name: 'first', namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z' },
};

type Answer = readonly [
  status: number,
  headers: Readonly<Record<string, string>>,
  body: object | string,
];

const answers: Readonly<Record<string, Answer>> = {
  [widgets]: [
    200,
    {},
    { apiVersion: `${group}/v1`, kind: 'WidgetList', metadata: {}, items: [widget] },
  ],
  [`${widgets}/first`]: [200, {}, widget],
  [`${widgets}/moved`]: [301, { Location: 'https://198.51.100.1/elsewhere' }, 'moved'],
  [`${widgets}/found`]: [302, { Location: '/elsewhere' }, 'found'],
  [`${widgets}/unchanged`]: [304, {}, ''],
  [`${widgets}/unchanged-elsewhere`]: [304, { Location: '/elsewhere' }, ''],
};

/** Starts it on loopback, as the endpoint of the Service `default/widgets`. */
export async function startAggregatedServer(clientCa?: string): Promise<AggregatedServer> {
  const authority = await createAuthority('aggregated');
  const serving = await authority.issueServer(['widgets.default.svc']);
  const requests: IncomingMessage[] = [];
  const server = createServer(
    {
      cert: serving.certificatePem,
      key: serving.keyPem,
      ...(clientCa === undefined
        ? {}
        : { ca: clientCa, requestCert: true, rejectUnauthorized: true }),
    },
    (request, response) => {
      if (request.headers['x-remote-user'] !== 'system:kube-aggregator') requests.push(request);
      answer(request, response, running.discoveryStatus);
    },
  );
  server.on('upgrade', (request: IncomingMessage, socket) => {
    requests.push(request);
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n',
    );
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const running = {
    port: (server.address() as AddressInfo).port,
    authority,
    requests,
    discoveryStatus: 200,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return running;
}

function answer(request: IncomingMessage, response: ServerResponse, discoveryStatus: number): void {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  if (path === widgets && query.includes('watch=true')) {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.write(`${JSON.stringify({ type: 'ADDED', object: widget })}\n`);
    return;
  }
  const [status, headers, body] =
    path === root
      ? ([discoveryStatus, {}, discovery] as const)
      : (answers[path] ?? ([404, {}, 'no such widget'] as const));
  response.writeHead(status, {
    'Content-Type': typeof body === 'string' ? 'text/plain' : 'application/json',
    ...headers,
  });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Writes the Service and its EndpointSlice. */
export async function registerService(
  api: Pick<TestApiserver, 'send'>,
  { port }: Pick<AggregatedServer, 'port'>,
): Promise<void> {
  await api.send('POST', '/api/v1/namespaces/default/services', {
    metadata: { name: 'widgets' },
    spec: { ports: [{ name: 'https', port: 443 }] },
  });
  await api.send('POST', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
    metadata: { name: 'widgets-1', labels: { 'kubernetes.io/service-name': 'widgets' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['127.0.0.1'] }],
    ports: [{ name: 'https', port }],
  });
}

export const apiServices = '/apis/apiregistration.k8s.io/v1/apiservices';

/** An APIService that claims the group for the Service; `spec` replaces fields of its spec. */
export function apiService(spec: object = { insecureSkipTLSVerify: true }) {
  return {
    metadata: { name: `v1.${group}` },
    spec: {
      group,
      version: 'v1',
      service: { namespace: 'default', name: 'widgets' },
      groupPriorityMinimum: 1000,
      versionPriority: 10,
      ...spec,
    },
  };
}
