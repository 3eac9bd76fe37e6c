/** Upgraded connections: a server that echoes, and many clients that are idle. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { token } from '../lab/processes.ts';
import { paths } from './cluster.ts';

export interface EchoServer extends AsyncDisposable {
  readonly port: number;
}

const accepted = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n';

/** Whatever asks for an upgrade gets one, and then its own bytes. */
export async function startEchoServer(): Promise<EchoServer> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => {
      socket.write(accepted);
      socket.on('data', (bytes) => socket.write(bytes));
    });
  });
  const sockets = new Set<{ destroy(): unknown }>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 });
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Opens a connection through the proxy. @throws Error when it is not upgraded */
export async function openUpgraded(address: string): Promise<TLSSocket> {
  const [host = '', port = ''] = address.split(':');
  const socket = connect({ host, port: Number(port), rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  socket.on('error', () => undefined);
  socket.write(
    `GET ${paths.sockets}/ HTTP/1.1\r\nHost: ${address}\r\nAuthorization: Bearer ${token}\r\n` +
      'Connection: Upgrade\r\nUpgrade: echo\r\n\r\n',
  );
  const head = await read(socket);
  if (!head.startsWith('HTTP/1.1 101 ')) throw new Error(`not upgraded: ${head}`);
  return socket;
}

/** Whether what is sent comes back. */
export async function echoes(socket: TLSSocket): Promise<boolean> {
  if (socket.destroyed) return false;
  socket.write('ping');
  return (await read(socket)) === 'ping';
}

async function read(socket: TLSSocket): Promise<string> {
  const ended = once(socket, 'close').then(() => ['']);
  const [bytes = ''] = await Promise.race([once(socket, 'data'), ended]);
  return String(bytes);
}
