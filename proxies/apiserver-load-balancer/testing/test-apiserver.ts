/** For tests: an apiserver that answers checks as it is told, over TLS, and dies and comes back on one port. */
import { EventEmitter, once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Authority } from '../../kit/pki/authority.ts';
import type { WantedBackend } from '../backend.ts';

export interface TestApiserver extends AsyncDisposable {
  readonly backend: WantedBackend;
  /** What a check is answered, on the wire; null: nothing, until there is something to say. */
  answer: string | null;
  /** Connections are accepted, and nobody says a word. */
  isSilent: boolean;
  /** It ends each connection after an answer. */
  isClosing: boolean;
  readonly checks: number;
  /** Resolves when it has been asked so often. */
  asked(checks: number): Promise<void>;
  /** All that were ever made, and those that live. */
  readonly connections: number;
  readonly openConnections: number;
  /** Resolves with the next connection, or the next that is gone. */
  connected(): Promise<unknown>;
  disconnected(): Promise<unknown>;
  /** Ends all connections: in order, or with a reset. */
  end(how: 'in order' | 'reset'): void;
  /** Listens no more; its connections live on. */
  stopListening(): void;
  /** Ends all connections, and listens no more. */
  kill(): Promise<void>;
  /** Listens again. */
  start(): Promise<void>;
}

export const okAnswer = answerOf(200, 'ok');

export function answerOf(status: number, body: string, ...headers: string[]): string {
  const lines = [`HTTP/1.1 ${status} X`, `Content-Length: ${Buffer.byteLength(body)}`, ...headers];
  return [...lines, '', body].join('\r\n');
}

/**
 * @param names in its certificate; default: its address.
 * @param place default: an address of its own, and any port.
 */
export async function startTestApiserver(
  authority: Authority,
  names?: readonly string[],
  place: { readonly address: string; readonly port: number } = { address: ownAddress(), port: 0 },
): Promise<TestApiserver> {
  const { address } = place;
  const { certificatePem, keyPem } = await authority.issueServer(names ?? [address]);
  const sockets = new Set<Socket>();
  const held = new Set<Socket>();
  let answer: string | null = okAnswer;
  let checks = 0;
  let connections = 0;
  const events = new EventEmitter();

  const say = (socket: Socket) => {
    if (answer === null) held.add(socket);
    else if (apiserver.isClosing) socket.end(answer);
    else socket.write(answer);
  };
  const tls = createTlsServer({ cert: certificatePem, key: keyPem, noDelay: true }, (secured) => {
    let unread = '';
    secured.on('error', () => undefined);
    secured.on('data', (bytes: Buffer) => {
      unread += bytes.toString('latin1');
      if (!unread.endsWith('\r\n\r\n')) return;
      unread = '';
      checks += 1;
      events.emit('check');
      say(secured);
    });
  });
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    events.emit('connection');
    socket
      .on('error', () => undefined)
      .on('close', () => {
        sockets.delete(socket);
        events.emit('end');
      });
    if (!apiserver.isSilent) tls.emit('connection', socket);
  });
  const listen = async (port: number) => {
    server.listen(port, address);
    await once(server, 'listening');
    const bound = server.address();
    if (bound === null || typeof bound === 'string') throw new Error('no port');
    return bound.port;
  };
  const end = (how: 'in order' | 'reset') => {
    held.clear();
    for (const socket of sockets) {
      if (how === 'reset') socket.resetAndDestroy();
      else socket.end();
    }
  };
  const kill = async () => {
    if (server.listening) server.close();
    const closed = [...sockets].map((socket) => once(socket, 'close'));
    for (const socket of sockets) socket.destroy();
    await Promise.all(closed);
  };
  const port = await listen(place.port);
  const apiserver: TestApiserver = {
    backend: {
      ...{ name: `${address}:${port}`, address, port },
      ...{ family: 'IPv4', isDraining: false },
    },
    get answer() {
      return answer;
    },
    set answer(now) {
      answer = now;
      const waiting = [...held];
      held.clear();
      waiting.forEach(say);
    },
    isSilent: false,
    isClosing: false,
    get checks() {
      return checks;
    },
    asked: async (wanted) => {
      while (checks < wanted) await once(events, 'check');
    },
    get connections() {
      return connections;
    },
    get openConnections() {
      return sockets.size;
    },
    connected: () => once(events, 'connection'),
    disconnected: () => once(events, 'end'),
    end,
    stopListening: () => void server.close(),
    kill,
    start: async () => {
      await listen(port);
    },
    [Symbol.asyncDispose]: kill,
  };
  return apiserver;
}

/**
 * On Linux, an address of the loopback network that nobody else has: nobody takes the port while it is not
 * listening.
 */
function ownAddress(): string {
  if (process.platform !== 'linux') return '127.0.0.1';
  const part = () => 1 + Math.floor(Math.random() * 254);
  return `127.${part()}.${part()}.${part()}`;
}
