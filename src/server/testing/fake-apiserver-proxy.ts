/** An apiserver proxy without an apiserver: over HTTPS, it remembers what reached it and tells its hops. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { WebSocketServer } from 'ws';
import { createAuthority } from '../../../proxies/kit/pki/authority.ts';
import { fakeHop } from '../../../proxies/kit/testing/fake-hop.ts';
import { createHopFeed } from '../live/hop-feed.ts';
import type { RunningProxy } from '../live/running-proxy.ts';

export interface FakeApiserverProxy extends RunningProxy, AsyncDisposable {
  readonly reached: readonly ReachedSecurely[];
}

export interface ReachedSecurely {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export const readerToken = 'token-of-any-reader';
export const administratorToken = 'token-of-the-administrator';

const pods = ['web-0', 'web-1', 'web-2'];

export async function startFakeApiserverProxy(): Promise<FakeApiserverProxy> {
  const authority = await createAuthority();
  const { certificatePem: cert, keyPem: key } = await authority.issueServer(['127.0.0.1']);
  const reached: ReachedSecurely[] = [];
  const hops = createHopFeed();
  const tell = ({ headers }: IncomingMessage) => {
    const request = String(headers['audit-id']);
    hops.receive(fakeHop(request, 'apiserver-proxy', 'pod'));
    hops.receive(fakeHop(request, 'client', 'apiserver-proxy'));
  };
  const note = async (request: IncomingMessage) => {
    const { method = '', url: target = '', headers } = request;
    reached.push({ method, target, headers, body: await text(request) });
  };
  let asked = 0;
  const server = createServer({ cert, key }, (request, response) => {
    void note(request).then(() => {
      tell(request);
      answer(request.url ?? '', response, pods[asked % pods.length] ?? '');
      if (request.url?.includes('/services/web:http/')) asked += 1;
    });
  });
  const webSockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request: IncomingMessage, socket, head) => {
    const { method = '', url: target = '', headers } = request;
    reached.push({ method, target, headers, body: '' });
    tell(request);
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('message', (data: Buffer) => webSocket.send(data.toString()));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    hostname: '127.0.0.1',
    port,
    hops,
    tracedBy: 'audit-id',
    secure: {
      caPem: authority.certificatePem,
      identities: {
        reader: { token: readerToken },
        administrator: { token: administratorToken },
        nobody: {},
      },
    },
    reached,
    async [Symbol.asyncDispose]() {
      for (const client of webSockets.clients) client.terminate();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function answer(target: string, response: ServerResponse, pod: string): void {
  const [, service] = /\/endpoints\/(web|echo)$/.exec(target) ?? [];
  if (service !== undefined) {
    const addresses = pods.map((_, index) => ({ targetRef: { name: `${service}-${index}` } }));
    response.end(JSON.stringify({ subsets: [{ addresses }] }));
  } else if (target.includes('/services/events')) {
    response.setHeader('Content-Type', 'text/event-stream');
    response.write('data: 1\n\n');
    response.end('data: 2\n\n');
  } else if (target.endsWith('/moved')) {
    response.writeHead(302, { Location: '/api/v1/namespaces/shop/services/x/proxy/there' }).end();
  } else {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ pod: { name: pod } }));
  }
}
