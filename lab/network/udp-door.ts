/** A UDP door's inner side: each client outside has a socket of its own in here, as behind a NAT. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { formatEndpoint, parseEndpoint } from './endpoint.ts';

const idleMs = 60_000;
const maxClients = 1_024;

/** Serves the door until it is disposed. A client that is silent for a minute is forgotten. */
export function serveUdpDoor(outer: Socket, target: string): Disposable {
  const { host, port } = parseEndpoint(target);
  const clients = new Map<string, Client>();

  const open = (name: string, reply: (message: Buffer) => void): Client => {
    const inner = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    const forget = () => {
      clearTimeout(idle);
      if (clients.delete(name)) inner.close();
    };
    const idle = setTimeout(forget, idleMs).unref();
    inner.on('message', (message) => {
      idle.refresh();
      reply(message);
    });
    // Nobody listens there: the client hears nothing, as it would from afar.
    inner.on('error', forget);
    const connected = once(inner, 'connect');
    inner.connect(port, host);
    const send = async (message: Buffer) => {
      await connected;
      if (clients.has(name)) inner.send(message);
    };
    return {
      forget,
      send: (message) => {
        idle.refresh();
        send(message).catch(forget);
      },
    };
  };

  outer.on('message', (message, { address, port: from }) => {
    const name = formatEndpoint(address, from);
    let client = clients.get(name);
    if (client === undefined) {
      if (clients.size >= maxClients) return;
      client = open(name, (answer) => outer.send(answer, from, address));
      clients.set(name, client);
    }
    client.send(message);
  });
  outer.on('error', () => undefined);

  return {
    [Symbol.dispose]: () => {
      outer.close();
      for (const { forget } of [...clients.values()]) forget();
    },
  };
}

interface Client {
  readonly send: (message: Buffer) => void;
  readonly forget: () => void;
}
