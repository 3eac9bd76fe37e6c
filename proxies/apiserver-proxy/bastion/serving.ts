/** The bastion's listeners: HTTPS with HTTP/2 and HTTP/1.1, and plain HTTP where it is asked for. */
import { once } from 'node:events';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import type { IncomingMessage, Server, ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import { listenError } from '../../kit/apiserver/listen-error.ts';
import { createServer } from '../../kit/http/node-http.ts';
import { answerPlainHttp } from '../../kit/http/plain-http.ts';
import { refuseUnreadable } from '../../kit/http/refuse-unreadable.ts';
import type {
  HttpRequest,
  HttpResponse,
  UpgradedConnection,
} from '../../kit/http/server-exchange.ts';
import { trackConnections } from '../../kit/http/track-connections.ts';
import { offerUpgrade, rememberQueued } from '../../kit/http/upgrade-offer.ts';
import { errorCode } from '../../kit/kubeconfig/errors.ts';

export interface ListenOptions {
  /** `0.0.0.0` stands for every address, as in Go. */
  readonly address: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly handle: (
    request: HttpRequest,
    response: HttpResponse,
    upgrade?: UpgradedConnection,
  ) => Promise<void>;
}

export interface Listener extends AsyncDisposable {
  /** `[::]:6443` */
  readonly address: string;
  readonly port: number;
  /** Takes no more connections, and asks clients to leave those they have. */
  drain(): void;
}

export interface SecureListener extends Listener {
  /** For connections from now on. */
  renew(tls: Tls): void;
}

/** What it shows, and whose certificates it takes. PEM. */
export interface Tls {
  readonly tlsCert: string;
  readonly tlsPrivateKey: string;
  readonly clientCa?: string | undefined;
}

/** Like upstream's: idle connections are kept longer than clients keep them, and a head must come. */
const http1: ServerOptions = {
  keepAliveTimeout: 90_000,
  // Of itself Node sends small pieces at once over plain HTTP alone.
  noDelay: true,
  headersTimeout: 32_000,
  // A body may take as long as it likes: it goes to somebody else.
  requestTimeout: 0,
  maxHeaderSize: 1024 * 1024,
};
const mostStreams = 250;

/** @throws ConfigurationError in Go's words where the address is not to be had */
export async function listenSecurely(options: ListenOptions, tls: Tls): Promise<SecureListener> {
  const server = createSecureServer({
    ...http1,
    ...contextOf(tls),
    allowHTTP1: true,
    settings: { maxConcurrentStreams: mostStreams },
    requestCert: true,
    // Who has no certificate, or a wrong one, is told so by the API and not by TLS.
    rejectUnauthorized: false,
  });
  answerPlainHttp(server);
  const listener = await listen(server, options);
  return { ...listener, renew: (next) => server.setSecureContext(contextOf(next)) };
}

/** @throws ConfigurationError */
export function listenPlainly(options: ListenOptions): Promise<Listener> {
  return listen(createServer(http1), options);
}

function contextOf({ tlsCert, tlsPrivateKey, clientCa }: Tls): SecureContextOptions {
  return {
    cert: tlsCert,
    key: tlsPrivateKey,
    ...(clientCa === undefined ? {} : { ca: clientCa }),
    minVersion: 'TLSv1.2',
  };
}

async function listen(
  server: Http2SecureServer | Server,
  { address, port, handle }: ListenOptions,
): Promise<Listener> {
  const connections = trackConnections(server);
  refuseUnreadable(server);
  server.on('request', (request: HttpRequest, response: HttpResponse) => {
    rememberQueued(request, response);
    void handle(request, response);
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    void offerUpgrade(request, socket, head, handle);
  });
  await bind(server, address, port).catch((error: unknown) => {
    const host = address.includes(':') ? `[${address}]` : address;
    throw listenError(error, `${host}:${port}`);
  });
  const bound = server.address() as AddressInfo;
  const host = bound.address.includes(':') ? `[${bound.address}]` : bound.address;
  return {
    address: `${host}:${bound.port}`,
    port: bound.port,
    drain: () => connections.drain(),
    [Symbol.asyncDispose]: async () => {
      connections.end();
      await connections.closed();
    },
  };
}

/** Every IPv4 address means every address, where the system has the others. */
async function bind(server: Http2SecureServer | Server, address: string, port: number) {
  if (address !== '0.0.0.0' && address !== '') return tryToBind(server, address, port);
  try {
    await tryToBind(server, '::', port);
  } catch (error) {
    if (!['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(errorCode(error))) throw error;
    await tryToBind(server, '0.0.0.0', port);
  }
}

async function tryToBind(server: Http2SecureServer | Server, address: string, port: number) {
  server.listen(port, address);
  await once(server, 'listening');
}
