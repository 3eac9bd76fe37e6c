/** For tests: an apiserver that says exactly what it is told, over plain TCP. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import type { HeaderLine, Upstream } from '../kit/upstream.ts';

/** A request head as it arrived, and the connection it came on. */
export interface ScriptedRequest {
  readonly head: string;
  readonly socket: Socket;
  /** Counted from 1. */
  readonly connection: number;
}

export interface ScriptedUpstream extends AsyncDisposable {
  readonly upstream: Upstream;
  readonly requests: readonly ScriptedRequest[];
  /** Everything that arrived, per connection. */
  readonly received: readonly string[];
  /** Connections that the proxy has neither ended nor closed. */
  readonly openConnections: number;
}

export async function startScriptedUpstream(
  answer: (request: ScriptedRequest) => unknown,
  options: { readonly credentials?: readonly HeaderLine[]; readonly path?: string } = {},
): Promise<ScriptedUpstream> {
  const requests: ScriptedRequest[] = [];
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const connection = received.push('');
    let unread = '';
    sockets.add(socket);
    open.add(socket);
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
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { port } = address;

  return {
    requests,
    received,
    get openConnections() {
      return open.size;
    },
    upstream: {
      server: {
        isTls: false,
        hostname: '127.0.0.1',
        port,
        authority: `127.0.0.1:${port}`,
        path: options.path ?? '',
      },
      isCompressionEnabled: true,
      generation: 0,
      connect: async ({ onread, signal } = {}) => {
        const socket = connect({ host: '127.0.0.1', port, ...(onread && { onread }) });
        await once(socket, 'connect', signal === undefined ? {} : { signal });
        return socket;
      },
      credentials: () => options.credentials ?? [['Authorization', 'Bearer secret']],
      credentialsRefused: () => undefined,
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
