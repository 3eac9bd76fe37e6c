/**
 * An apiserver as a load balancer sees it, on loopback: HTTPS checks, and lines of text that it answers with its
 * port and what it heard. Which of the two, the first byte tells.
 */
import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Credential } from '../../../kit/pki/authority.ts';
import type { WantedBackend } from '../../backend.ts';

export interface FakeApiserver extends AsyncDisposable {
  readonly backend: WantedBackend;
  /** What `/readyz` answers; `silent`: it accepts, and says nothing any more. */
  state: 'ready' | 'not-ready' | 'silent';
  /** The connections of clients: checks do not count. */
  readonly clients: readonly Socket[];
  /** The first bytes of each client's connection. */
  readonly firstLines: readonly string[];
}

const tlsHandshake = 0x16;

export async function startFakeApiserver(
  { certificatePem: cert, keyPem: key }: Credential,
  options: { readonly address?: string; readonly host?: string } = {},
): Promise<FakeApiserver> {
  const { address = '127.0.0.1', host } = options;
  let state: FakeApiserver['state'] = 'ready';
  const clients: Socket[] = [];
  const firstLines: string[] = [];
  const all = new Set<Socket>();
  const https = createHttpsServer({ cert, key }, (_, response) => {
    response.statusCode = state === 'ready' ? 200 : 500;
    response.end(state === 'ready' ? 'ok' : '[-]shutdown failed: reason withheld');
  });
  https.on('tlsClientError', () => undefined);

  const answer = (socket: Socket, first: Buffer) => {
    firstLines.push(first.toString());
    clients.push(socket);
    const reply = (chunk: Buffer) => {
      if (state !== 'silent') socket.write(`${port} ${chunk.toString()}`);
    };
    reply(first);
    socket.on('data', reply);
    socket.once('end', () => {
      socket.end('heard the end\n');
    });
  };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    all.add(socket);
    socket.on('error', () => undefined).once('close', () => all.delete(socket));
    if (state === 'silent') return;
    socket.once('data', (first) => {
      if (first[0] !== tlsHandshake) {
        answer(socket, first);
        return;
      }
      socket.pause();
      socket.unshift(first);
      https.emit('connection', socket);
    });
  });
  const port = await listen(server, address);
  return {
    backend: {
      name: address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`,
      address,
      port,
      family: address.includes(':') ? 'IPv6' : 'IPv4',
      isDraining: false,
      ...(host !== undefined && { host }),
    },
    get state() {
      return state;
    },
    set state(next) {
      state = next;
    },
    clients,
    firstLines,
    async [Symbol.asyncDispose]() {
      for (const socket of all) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}

async function listen(server: Server, address: string): Promise<number> {
  server.listen(0, address);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
