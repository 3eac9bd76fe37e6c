import { once } from 'node:events';
import { connect, createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { expect, it } from 'vitest';
import { createAuthority } from '../pki/authority.ts';
import { connectionOf } from './user.ts';

it('is one connection for all requests of an HTTP/2 session', async () => {
  const authority = await createAuthority();
  const { certificatePem, keyPem } = await authority.issueServer(['127.0.0.1']);
  const connections: (TLSSocket | undefined)[] = [];
  const server = createSecureServer({ cert: certificatePem, key: keyPem }, (request, response) => {
    connections.push(connectionOf(request));
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // The border: a server that listens has such an address.
  const { port } = server.address() as AddressInfo;
  const sessions = [0, 1].map(() =>
    connect(`https://127.0.0.1:${port}`, { ca: authority.certificatePem }),
  );
  for (const session of [...sessions, ...sessions]) {
    const stream = session.request({ ':path': '/' });
    stream.resume();
    await once(stream, 'close');
  }
  const [first, second, third, fourth] = connections;
  expect(first?.encrypted).toBe(true);
  expect(third).toBe(first);
  expect(fourth).toBe(second);
  expect(second).not.toBe(first);
  for (const session of sessions) session.close();
  server.close();
  await once(server, 'close');
});
