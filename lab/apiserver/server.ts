/** One apiserver: a TLS listener that speaks HTTP/2 and HTTP/1.1, and the front behind it. */
import { once } from 'node:events';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import type { ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createAuthorizer, defaultBindings } from './authorization.ts';
import { handle, type FrontOptions } from './front.ts';
import type { ApiserverOptions } from './options.ts';

export interface Apiserver extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** `https://127.0.0.1:6443` */
  readonly server: string;
}

/** How long an idle connection is kept: longer than a client keeps it, as upstream does. */
const idleMs = 90_000;

/** Starts an apiserver; resolves when it listens. Disposing it ends every connection. */
export async function startApiserver(options: ApiserverOptions): Promise<Apiserver> {
  const closing = new AbortController();
  const front: FrontOptions = {
    authentication: {
      tokens: options.tokens ?? new Map(),
      isAnonymousAllowed: options.anonymousAuth ?? true,
    },
    authorizer: createAuthorizer([...defaultBindings, ...(options.bindings ?? [])]),
    store: options.store,
    closing: closing.signal,
    log: (line) => options.log?.(line),
  };
  const http1: ServerOptions = { keepAliveTimeout: idleMs, maxHeaderSize: 1024 * 1024 };
  const server = createSecureServer({
    ...http1,
    allowHTTP1: true,
    cert: options.tlsCert,
    key: options.tlsPrivateKey,
    ...(options.clientCa === undefined ? {} : { ca: options.clientCa }),
    requestCert: true,
    // Who has no certificate, or a wrong one, is told so by the API and not by TLS.
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
  });
  server.on('request', (request, response) => {
    options.onRequest?.(request);
    void handle(request, response, front);
  });
  const connections = trackConnections(server);

  // As in Go, every IPv4 address means every address.
  const bindAddress = options.bindAddress === '0.0.0.0' ? '::' : options.bindAddress;
  server.listen(options.securePort ?? 0, bindAddress ?? '127.0.0.1');
  await once(server, 'listening');
  const { address, port } = server.address() as AddressInfo;
  const host = address.includes(':') ? `[${address}]` : address;

  return {
    address,
    port,
    server: `https://${host}:${port}`,
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      const closed = once(server, 'close');
      server.close();
      connections.end();
      await closed;
    },
  };
}

/** A server's `close` waits for its connections: remember them, to end them. */
function trackConnections(server: Http2SecureServer) {
  const sockets = new Set<Duplex>();
  const sessions = new Set<ServerHttp2Session>();
  const remember = (socket: Duplex) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  server.on('connection', remember);
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    session.on('error', () => undefined);
  });
  // A client that breaks off is no error of ours.
  server.on('tlsClientError', () => undefined);
  server.on('sessionError', () => undefined);
  return {
    end: () => {
      for (const session of sessions) session.destroy();
      for (const socket of sockets) socket.destroy();
    },
  };
}
