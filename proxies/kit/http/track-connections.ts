/** A server's `close` waits for its connections: remembers them, to end them. */
import type { Server } from 'node:http';
import type { Http2SecureServer, ServerHttp2Session } from 'node:http2';
import type { Duplex } from 'node:stream';

export interface Connections {
  /** Takes no more, and asks clients to leave once they have their answers. */
  drain(): void;
  /** Ends them all at once, and the listener. */
  end(): void;
  /** Resolves when nothing is left. */
  closed(): Promise<void>;
}

export function trackConnections(server: Http2SecureServer | Server): Connections {
  const sockets = new Set<Duplex>();
  const sessions = new Set<ServerHttp2Session>();
  const { promise: closed, resolve } = Promise.withResolvers<undefined>();
  server.once('close', () => resolve(undefined));
  server.on('connection', (socket: Duplex) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    session.on('error', () => undefined);
  });
  // A client that breaks off is no error of ours.
  server.on('tlsClientError', () => undefined);
  server.on('sessionError', () => undefined);
  return {
    drain: () => {
      server.close();
      for (const session of sessions) session.close();
    },
    end: () => {
      server.close();
      for (const session of sessions) session.destroy();
      for (const socket of sockets) socket.destroy();
    },
    closed: async () => {
      // One that never listened has nothing to close.
      if (server.listening || sockets.size > 0) await closed;
    },
  };
}
