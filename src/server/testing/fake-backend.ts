/** A backend without a lab: a small upstream in the proxy's place, which remembers what reached it. */
import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import type { LiveBackend } from '../live/backend.ts';
import { fakeHop } from '../../../proxies/kit/testing/fake-hop.ts';
import { createHopFeed } from '../live/hop-feed.ts';
import { fakeNetwork, type FakeNetwork } from './fake-network.ts';
import { startFakeApiserverProxy, type FakeApiserverProxy } from './fake-apiserver-proxy.ts';

export interface ReachedRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface FakeBackend extends LiveBackend, AsyncDisposable {
  readonly network: FakeNetwork | null;
  readonly reached: readonly ReachedRequest[];
  /** In front of the lab alone: of a cluster it is not offered. */
  readonly apiserverProxy: FakeApiserverProxy;
  /** Namespaces of visitors that were opened and not yet closed. */
  readonly openNamespaces: ReadonlySet<string>;
}

export async function startFakeBackend(kind: LiveBackend['kind'] = 'lab'): Promise<FakeBackend> {
  const reached: ReachedRequest[] = [];
  const hops = createHopFeed();
  const apiserverProxy = await startFakeApiserverProxy();
  const server = createServer((request, response) => {
    void (async () => {
      const { method = '', url: target = '', headers, socket } = request;
      reached.push({ method, target, headers, body: await text(request) });
      const id = `request-${reached.length}`;
      const client = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`;
      hops.receive(fakeHop(id, 'kubectl-proxy', 'apiserver'));
      hops.receive(fakeHop(id, 'client', 'kubectl-proxy', client));
      if (target.includes('nobody')) response.statusCode = 404;
      if (target === '/moved') response.statusCode = 301;
      if (target === '/moved') response.setHeader('Location', '/static/');
      response.setHeader('Content-Type', 'application/json');
      response.setHeader('Set-Cookie', 'upstream=1');
      response.setHeader('Content-Security-Policy', 'default-src *');
      response.end('{"kind":"Fake"}');
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const openNamespaces = new Set<string>();
  return {
    kind,
    version: 'v1.33.1',
    since: new Date('2026-01-02T03:04:05Z'),
    machines: null,
    network: kind === 'lab' ? fakeNetwork() : null,
    proxies: {
      'kubectl-proxy': {
        address: `127.0.0.1:${port}`,
        hostname: '127.0.0.1',
        port,
        hops,
        tracedBy: 'connection',
      },
      ...(kind === 'lab' && { 'apiserver-proxy': apiserverProxy }),
    },
    lend: () => Promise.reject(new Error('no laboratory here')),
    openVisit: async (name) => {
      const namespace = `visitor-${name}`;
      openNamespaces.add(namespace);
      return {
        namespace,
        token: `token-of-${namespace}`,
        [Symbol.asyncDispose]: async () => void openNamespaces.delete(namespace),
      };
    },
    connectAs: null,
    reached,
    apiserverProxy,
    openNamespaces,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await apiserverProxy[Symbol.asyncDispose]();
    },
  };
}
