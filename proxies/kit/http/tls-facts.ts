/** What a TLS connection came to, for a hop. */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Hop } from '../hop.ts';

const known = new WeakMap<Socket, Hop['tls']>();

/**
 * Null for a connection without TLS. Asked once per connection.
 *
 * @param side which one we are: the peer of a hop is always its server.
 */
export function tlsFacts(socket: unknown, side: 'client' | 'server' = 'client'): Hop['tls'] {
  if (!(socket instanceof TLSSocket)) return null;
  let facts = known.get(socket) ?? null;
  if (facts === null) {
    facts = readFacts(socket, side);
    known.set(socket, facts);
  }
  return facts;
}

function readFacts(socket: TLSSocket, side: 'client' | 'server'): Hop['tls'] {
  const [other, own] = [socket.getPeerX509Certificate(), socket.getX509Certificate()];
  const [server, client] = side === 'client' ? [other, own] : [own, other];
  return {
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher().standardName,
    serverName: typeof socket.servername === 'string' ? socket.servername : null,
    alpn: typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : null,
    peer: {
      subject: onOneLine(server?.subject),
      issuer: onOneLine(server?.issuer),
      fingerprint256: server?.fingerprint256 ?? '',
    },
    clientCertificate: client === undefined ? null : onOneLine(client.subject),
  };
}

/** `O=system:masters, CN=admin` */
function onOneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}
