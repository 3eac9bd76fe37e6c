/** The HTTPS side of a backend, in HTTP/1.1 and HTTP/2. */
import { createHash } from 'node:crypto';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { BackendIdentity } from './backend-agent.ts';

/** What it says of itself and of whom it sees. */
export interface WhoAmI {
  readonly name: string;
  readonly peer: string;
  readonly announced: string | null;
  readonly sni: string | null;
  /** The common name of the client's certificate, if it is of this cluster. */
  readonly user: string | null;
  readonly alpn: string | null;
}

/** What is known of a connection before TLS. */
export interface BeforeTls {
  readonly peer: string;
  readonly announced: string | null;
  /** Only `/readyz` was asked. */
  isCheck: boolean;
}

export function createRequests({ name, credential, foreign, authorityPem }: BackendIdentity) {
  const contextOf = ({ certificatePem, keyPem }: typeof credential) => ({
    key: keyPem,
    cert: certificatePem,
    ca: authorityPem,
  });
  const known = new Map<string, BeforeTls>();
  const watches = new Set<Http2ServerResponse>();
  let isReady = true;
  let checks = 0;
  const server = createSecureServer({
    ...contextOf(credential),
    allowHTTP1: true,
    requestCert: true,
    rejectUnauthorized: false,
  });
  server.on('tlsClientError', () => undefined);
  server.on('sessionError', () => undefined);
  server.on('request', answer);
  server.on('upgrade', ({ headers }: Http2ServerRequest, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined);
    const lines = [
      'HTTP/1.1 101 Switching Protocols',
      'Connection: Upgrade',
      `Upgrade: ${headers.upgrade ?? ''}`,
      `X-Backend: ${name}`,
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    socket.write(head);
    socket.pipe(socket);
  });

  function answer(request: Http2ServerRequest, response: Http2ServerResponse): void {
    const { socket } = request;
    if (!(socket instanceof TLSSocket)) throw new Error('not TLS');
    const before = known.get(keyOf(socket));
    if (request.url === '/readyz') {
      checks++;
      response.writeHead(isReady ? 200 : 500).end(isReady ? 'ok' : '[-]shutdown failed');
      if (before) before.isCheck = true;
      return;
    }
    const who: WhoAmI = {
      name,
      peer: before?.peer ?? '',
      announced: before?.announced ?? null,
      sni: typeof socket.servername === 'string' ? socket.servername : null,
      user: socket.authorized ? String(socket.getPeerCertificate().subject.CN) : null,
      alpn: socket.alpnProtocol === false ? null : socket.alpnProtocol,
    };
    if (request.url === '/watch') {
      response.writeHead(200, { 'content-type': 'application/json', 'x-backend': name });
      response.write(`${JSON.stringify(who)}\n`);
      watches.add(response);
      response.once('close', () => watches.delete(response));
    } else if (request.url === '/upload') {
      const hash = createHash('sha256');
      request.on('data', (chunk: Buffer) => hash.update(chunk));
      request.once('end', () => {
        response.setHeader('x-backend', name);
        response.end(hash.digest('hex'));
      });
    } else {
      response.setHeader('x-backend', name);
      response.end(JSON.stringify(who));
    }
  }

  return {
    take: (socket: Socket, before: BeforeTls) => {
      const key = keyOf(socket);
      known.set(key, before);
      socket.once('close', () => known.delete(key));
      server.emit('connection', socket);
    },
    setReady: (next: boolean) => {
      isReady = next;
    },
    present: (certificate: 'own' | 'foreign') => {
      server.setSecureContext(contextOf(certificate === 'own' ? credential : foreign));
    },
    tick: () => {
      for (const watch of watches) watch.write('{"type":"BOOKMARK"}\n');
      return watches.size;
    },
    checks: () => checks,
  };
}

function keyOf({ remoteAddress, remotePort, localPort }: Socket): string {
  return `${remoteAddress ?? ''} ${remotePort ?? ''} ${localPort ?? ''}`;
}
