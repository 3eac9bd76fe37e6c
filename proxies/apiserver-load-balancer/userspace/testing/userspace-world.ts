/** For tests: a dataplane on loopback, backends that behave as they are told, and clients. */
import { EventEmitter, once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { endpointText } from '../../../kit/http/endpoint-text.ts';
import type { Backend, Sighting } from '../../backend.ts';
import type { Dataplane, ListenAddress } from '../../dataplane.ts';
import { createUserspaceDataplane, type UserspaceOptions } from '../userspace-dataplane.ts';

export interface TestBackend extends Backend {
  /** The connections that it took, and all they have said. */
  readonly sockets: readonly Socket[];
  readonly heard: ReadonlyMap<Socket, Buffer>;
  /** Resolves with its next connection. */
  connection(): Promise<Socket>;
  /** Waits until one of its connections has said so much. */
  hears(sizeBytes: number): Promise<Buffer>;
}

export interface UserspaceWorld extends AsyncDisposable {
  readonly dataplane: Dataplane;
  readonly sightings: readonly Sighting[];
  readonly logged: readonly string[];
  backend(onSocket?: (socket: Socket) => void, host?: string): Promise<TestBackend>;
  /** Serves with a server of the test's own. */
  serve(server: Server, host?: string): Promise<Backend>;
  eligible(...backends: readonly Backend[]): Promise<void>;
  /** A client that connects; to the dataplane's first address if not told otherwise. */
  client(address?: string): Socket;
}

const anywhere: readonly ListenAddress[] = [{ host: '127.0.0.1', port: 0 }];

export async function userspaceWorld(
  options: Partial<UserspaceOptions> = {},
): Promise<UserspaceWorld> {
  await using starting = new AsyncDisposableStack();
  const sightings: Sighting[] = [];
  const logged: string[] = [];
  const dataplane = await createUserspaceDataplane({
    listen: anywhere,
    balance: 'round-robin',
    dialTimeoutMs: 10_000,
    keepAliveMs: 0,
    idleTimeoutMs: 0,
    maxConnectionAgeMs: 0,
    proxyProtocol: 'off',
    log: (line) => logged.push(line),
    onSighting: (sighting) => sightings.push(sighting),
    ...options,
  });
  starting.use(dataplane);

  const serve = async (server: Server, host = '127.0.0.1'): Promise<Backend> => {
    server.listen(0, host);
    await once(server, 'listening');
    owned.defer(() => void server.close());
    const { address, port } = server.address() as AddressInfo;
    return backendAt(address, port);
  };
  const owned = starting.move();

  return {
    dataplane,
    sightings,
    logged,
    serve,
    backend: async (onSocket = () => undefined, host) => {
      const told = new EventEmitter().setMaxListeners(0);
      const sockets: Socket[] = [];
      const heard = new Map<Socket, Buffer>();
      const server = createServer({ allowHalfOpen: true }, (socket) => {
        socket.on('error', () => undefined);
        owned.defer(() => void socket.destroy());
        sockets.push(socket);
        heard.set(socket, Buffer.alloc(0));
        socket.on('data', (chunk: Buffer) => {
          heard.set(socket, Buffer.concat([heard.get(socket) ?? Buffer.alloc(0), chunk]));
          told.emit('heard');
        });
        onSocket(socket);
        told.emit('connection', socket);
      });
      const place = await serve(server, host);
      return {
        ...place,
        sockets,
        heard,
        connection: async () => ((await once(told, 'connection')) as [Socket])[0],
        hears: async (sizeBytes) => {
          for (;;) {
            const enough = [...heard.values()].find(({ length }) => length >= sizeBytes);
            if (enough) return enough;
            await once(told, 'heard');
          }
        },
      };
    },
    eligible: (...backends) => dataplane.apply({ eligible: backends, reset: [] }),
    client: (address = dataplane.addresses[0] ?? '') => {
      const socket = connect({ ...placeOf(address), allowHalfOpen: true });
      owned.defer(() => void socket.destroy());
      return socket.on('error', () => undefined);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export function backendAt(address: string, port: number): Backend {
  const family = address.includes(':') ? 'IPv6' : 'IPv4';
  return { name: endpointText(address, port), address, port, family };
}

/** Nobody listens there. */
export const refusing = backendAt('127.0.0.1', 1);

/** @example placeOf('[::1]:6443') // { host: '::1', port: 6443 } */
export function placeOf(address: string): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(':');
  return {
    host: address.slice(0, colon).replace(/[[\]]/g, ''),
    port: Number(address.slice(colon + 1)),
  };
}

/** How the other side ended it. */
export type Ending = 'ended' | 'reset';

/** Reads what comes; resolves when the other side has ended it, in order or with a reset. */
export function ending(socket: Socket): Promise<Ending> {
  return new Promise((resolve) => {
    socket.once('end', () => resolve('ended'));
    socket.once('error', (error) => {
      if ('code' in error && error.code === 'ECONNRESET') resolve('reset');
    });
    socket.resume();
  });
}

/** Waits for what it says first. */
export async function firstWords(socket: Socket): Promise<string> {
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString('latin1');
}
