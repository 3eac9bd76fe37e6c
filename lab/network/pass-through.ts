/**
 * Stands in for a load balancer in front of the apiservers: passes TLS through to the next one that is
 * ready, and drops the connections of one that no longer is, so that clients come back to another.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { dial as dialBackend } from '../../proxies/kit/l4/dial-ladder.ts';
import { relay } from '../../proxies/kit/l4/relay.ts';
import { formatEndpoint, parseEndpoint } from './endpoint.ts';

const dialWithinMs = 1_000;

export interface PassThrough extends AsyncDisposable {
  /** Where it listens, as `host:port`. */
  readonly addresses: readonly string[];
  /** Who is ready now, as `host:port`; none of them leaves it with those it had. */
  setBackends(backends: readonly string[]): void;
}

/** Listens on each of these, `host:port`; port 0 lets the system choose. */
export async function startPassThrough(listenOn: readonly string[]): Promise<PassThrough> {
  await using starting = new AsyncDisposableStack();
  let backends: readonly string[] = [];
  let turn = 0;
  /** By backend, the clients' sockets with their own. */
  const connections = new Map<string, Set<Socket>>();
  const clients = new Set<Socket>();

  const hold = (backend: string, sockets: readonly Socket[]) => {
    const held = connections.get(backend) ?? new Set();
    connections.set(backend, held);
    for (const socket of sockets) {
      held.add(socket);
      socket.once('close', () => held.delete(socket));
    }
  };

  /** At the start clients wait until there is somebody: they are ours, and came too early. */
  const begun = Promise.withResolvers<undefined>();

  const serve = async (client: Socket) => {
    clients.add(client);
    client.once('close', () => clients.delete(client));
    client.on('error', () => undefined);
    await begun.promise;
    const first = turn++;
    const order = backends.map((_, index) => backends[(first + index) % backends.length] ?? '');
    for (const backend of order) {
      const upstream = await dial(backend);
      if (upstream === null) continue;
      if (client.destroyed || !backends.includes(backend)) {
        upstream.destroy();
        continue;
      }
      hold(backend, [client, upstream]);
      relay(client, upstream);
      return;
    }
    client.resetAndDestroy();
  };

  const addresses: string[] = [];
  for (const address of listenOn) {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    server.on('connection', (client) => void serve(client));
    server.listen(parseEndpoint(address));
    await once(server, 'listening');
    const { address: host, port } = server.address() as AddressInfo;
    addresses.push(formatEndpoint(host, port));
    starting.defer(() => void server.close());
  }
  starting.defer(() => {
    for (const client of clients) client.destroy();
  });
  const running = starting.move();

  return {
    addresses,
    setBackends: (ready) => {
      // What ails all of them is not theirs: their clients are told by them, not by us.
      if (ready.length === 0) return;
      backends = ready;
      begun.resolve(undefined);
      for (const [backend, sockets] of connections) {
        if (ready.includes(backend)) continue;
        connections.delete(backend);
        for (const socket of sockets) socket.resetAndDestroy();
      }
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** `null` when nobody answers there in time. */
function dial(backend: string): Promise<Socket | null> {
  const { host, port } = parseEndpoint(backend);
  return dialBackend({ address: host, port }, dialWithinMs).catch(() => null);
}
