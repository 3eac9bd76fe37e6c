/** A backend without a lab: a small upstream in the proxy's place, which remembers what reached it. */
import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import type { Hop } from '../../../proxies/kit/hop.ts';
import type { LiveBackend } from '../live/backend.ts';
import { createHopFeed } from '../live/hop-feed.ts';

export interface ReachedRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface FakeBackend extends LiveBackend, AsyncDisposable {
  readonly reached: readonly ReachedRequest[];
  /** Namespaces of visitors that were opened and not yet closed. */
  readonly openNamespaces: ReadonlySet<string>;
}

export async function startFakeBackend(kind: LiveBackend['kind'] = 'lab'): Promise<FakeBackend> {
  const reached: ReachedRequest[] = [];
  const hops = createHopFeed();
  const server = createServer((request, response) => {
    void (async () => {
      const { method = '', url: target = '', headers, socket } = request;
      reached.push({ method, target, headers, body: await text(request) });
      const id = `request-${reached.length}`;
      const client = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`;
      hops.receive(hop(id, { station: 'kubectl-proxy', address: '' }, 'apiserver'));
      hops.receive(hop(id, { station: 'client', address: client }, 'kubectl-proxy'));
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
    proxies: {
      'kubectl-proxy': { address: `127.0.0.1:${port}`, hostname: '127.0.0.1', port, hops },
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
    reached,
    openNamespaces,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function hop(request: string, from: Hop['from'], to: Hop['to']['station']): Hop {
  return {
    request,
    from,
    to: { station: to, address: '' },
    protocol: 'HTTP/1.1',
    tls: null,
    method: 'GET',
    target: '/',
    decision: { key: 'forwarded', values: {} },
    headers: { added: [], removed: [], changed: [] },
    status: 200,
    atMs: 0,
    tookMs: 1,
    sentBytes: 0,
    receivedBytes: 0,
  };
}
