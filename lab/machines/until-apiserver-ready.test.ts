import { createSecureServer } from 'node:http2';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { expect, it } from 'vitest';
import { createAuthority } from '../../proxies/kit/pki/authority.ts';
import { untilApiserverReady } from './until-apiserver-ready.ts';

it('asks on when an apiserver is not ready, breaks behind its answer, or never gives one', async () => {
  const authority = await createAuthority();
  const { certificatePem: cert, keyPem: key } = await authority.issueServer(['127.0.0.1']);
  const sockets = new Set<Socket>();
  const asked: (string | undefined)[] = [];
  const server = createSecureServer({ cert, key }, ({ url, stream }, response) => {
    asked.push(url);
    if (asked.length === 5) {
      response.end('ok');
      return;
    }
    if (asked.length === 4) return;
    if (asked.length === 3) {
      stream.close();
      return;
    }
    response.writeHead(500);
    response.write('[-]etcd failed');
    setTimeout(() => {
      for (const socket of sockets) socket.resetAndDestroy();
    }, 20);
  });
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('sessionError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await untilApiserverReady({
    server: `https://127.0.0.1:${port}`,
    caPem: authority.certificatePem,
    userAgent: 'test',
  });
  expect(asked).toEqual(Array.from({ length: 5 }, () => '/readyz'));
  server.close();
});
