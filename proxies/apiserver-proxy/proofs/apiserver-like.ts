/** Something that stands where an apiserver stands, and is none. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Asked } from './ask.ts';

export type ApiserverLike = Required<Asked> & AsyncDisposable;

/** Starts it on a loopback address; every token is one that it knows. */
export async function startApiserverLike(
  answer: RequestListener,
  onUpgrade?: (request: IncomingMessage, socket: Duplex) => void,
): Promise<ApiserverLike> {
  const { createAuthority } = await import('../../kit/pki/authority.ts');
  const authority = await createAuthority('proof');
  const { certificatePem, keyPem } = await authority.issueServer(['127.0.0.1']);
  const server = createServer({ cert: certificatePem, key: keyPem }, answer);
  if (onUpgrade) server.on('upgrade', onUpgrade);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    server: `https://127.0.0.1:${port}`,
    caPem: authority.certificatePem,
    token: 'any',
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
