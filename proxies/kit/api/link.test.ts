import { once } from 'node:events';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { createAuthority } from '../pki/authority.ts';
import { createLink } from './link.ts';

it('dials anew when its session is gone, even if nobody has said that it closed', async () => {
  const authority = await createAuthority();
  const { certificatePem: cert, keyPem: key } = await authority.issueServer(['127.0.0.1']);
  const server = createSecureServer({ cert, key }, (_, response) => response.end());
  server.on('sessionError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await using link = createLink({
    server: `https://127.0.0.1:${port}`,
    caPem: authority.certificatePem,
    userAgent: 'test',
  });
  const ask = async () => {
    const stream = await link.open({ ':method': 'GET', ':path': '/' }, true);
    const { session } = stream;
    await once(stream.resume(), 'close');
    return session;
  };
  const session = await ask();
  session?.removeAllListeners('close');
  session?.destroy();
  await expect(ask()).rejects.toThrow('the connection was closed');
  await ask();
  server.close();
});
