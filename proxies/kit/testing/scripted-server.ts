/** For tests: a server that says exactly what it is told, over plain TCP or TLS. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { TlsOptions } from 'node:tls';

/** A request head as it arrived, and the connection it came on. */
export interface ScriptedRequest {
  readonly head: string;
  readonly socket: Socket;
  /** Counted from 1. */
  readonly connection: number;
}

export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
  readonly requests: readonly ScriptedRequest[];
  /** Everything that arrived, per connection. */
  readonly received: readonly string[];
  /** Connections that the client has neither ended nor closed. */
  readonly openConnections: number;
}

/** @param answer is called with each head that is complete. */
export async function startScriptedServer(
  answer: (request: ScriptedRequest) => unknown,
  tls?: TlsOptions,
): Promise<ScriptedServer> {
  const requests: ScriptedRequest[] = [];
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const open = new Set<Socket>();
  const serve = (socket: Socket) => {
    const connection = received.push('');
    let unread = '';
    sockets.add(socket);
    open.add(socket);
    socket.allowHalfOpen = true;
    socket.on('end', () => open.delete(socket)).on('close', () => open.delete(socket));
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      received[connection - 1] = `${received[connection - 1] ?? ''}${chunk.toString('latin1')}`;
      unread += chunk.toString('latin1');
      const end = unread.indexOf('\r\n\r\n');
      if (end === -1) return;
      const request = { head: unread.slice(0, end + 4), socket, connection };
      unread = '';
      requests.push(request);
      answer(request);
    });
  };
  const server: Server = tls
    ? createTlsServer({ ...tls, noDelay: true }, serve)
    : createServer({ allowHalfOpen: true, noDelay: true }, serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  return {
    port: address.port,
    requests,
    received,
    get openConnections() {
      return open.size;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

/** A whole answer with a stated length. */
export function ok(body: string, ...headers: string[]): string {
  const lines = ['HTTP/1.1 200 OK', `Content-Length: ${body.length}`, 'Content-Type: text/plain'];
  return [...lines, ...headers, '', body].join('\r\n');
}
