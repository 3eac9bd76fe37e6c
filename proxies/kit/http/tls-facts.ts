/** What a TLS connection came to, for a hop. */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Hop } from '../hop.ts';

const known = new WeakMap<Socket, Hop['tls']>();

/** Null for a connection without TLS. Asked once per connection. */
export function tlsFacts(socket: Socket): Hop['tls'] {
  if (!(socket instanceof TLSSocket)) return null;
  let facts = known.get(socket) ?? null;
  if (facts === null) {
    facts = readFacts(socket);
    known.set(socket, facts);
  }
  return facts;
}

function readFacts(socket: TLSSocket): Hop['tls'] {
  const peer = socket.getPeerX509Certificate();
  const own = socket.getX509Certificate();
  return {
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher().standardName,
    serverName: typeof socket.servername === 'string' ? socket.servername : null,
    alpn: typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : null,
    peer: {
      subject: onOneLine(peer?.subject),
      issuer: onOneLine(peer?.issuer),
      fingerprint256: peer?.fingerprint256 ?? '',
    },
    clientCertificate: own === undefined ? null : onOneLine(own.subject),
  };
}

/** `O=system:masters, CN=admin` */
function onOneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}
