/** For tests: a userspace dataplane on addresses of the loopback, with nodes and clients. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type {
  Dataplane,
  ForwardedFlow,
  ForwardedPort,
  Forwarding,
  Target,
} from '../../forwarding.ts';
import { createUserspaceDataplane, type UserspaceOptions } from '../userspace-dataplane.ts';

/** Addresses of this process' own, so that tests side by side do not meet. */
export const local = `127.${204 + ((process.pid >> 8) % 6)}.${process.pid % 256}`;
export const address = `${local}.100`;

export interface NodePortServer extends AsyncDisposable {
  readonly target: Target;
  readonly port: number;
  /** Of TCP: what is connected now. */
  readonly sockets: ReadonlySet<Socket>;
  /** How many connections or datagrams have come. */
  readonly count: number;
}

export interface UserspaceWorld extends AsyncDisposable {
  readonly dataplane: Dataplane;
  readonly log: readonly string[];
  /** Says its name and ends when the client has; each has the same port. */
  tcpNode(name: string): Promise<NodePortServer>;
  /** Answers each datagram with its name and what it said. */
  udpNode(name: string): Promise<NodePortServer>;
}

export async function userspaceWorld(
  options: Partial<UserspaceOptions> = {},
): Promise<UserspaceWorld> {
  await using starting = new AsyncDisposableStack();
  const log: string[] = [];
  const dataplane = starting.use(
    await createUserspaceDataplane({ log: (line) => log.push(line), ...options }),
  );
  const nodes = starting.use(new AsyncDisposableStack());
  const ports = { TCP: 0, UDP: 0 };
  let last = 0;
  const place = (name: string) => ({
    node: name,
    family: 'IPv4' as const,
    address: `${local}.${++last}`,
  });
  const owned = starting.move();
  return {
    dataplane,
    log,
    tcpNode: async (name) => {
      const server = nodes.use(await startTcp(place(name), ports.TCP));
      ports.TCP = server.port;
      return server;
    },
    udpNode: async (name) => {
      const server = nodes.use(await startUdp(place(name), ports.UDP));
      ports.UDP = server.port;
      return server;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** One port, of the given nodes. */
export function forwardingTo(
  nodes: readonly Pick<NodePortServer, 'target' | 'port'>[],
  ports: readonly ForwardedPort[],
  changes: Partial<Forwarding> = {},
): Forwarding {
  return {
    name: 'a1',
    service: 'shop/shop',
    addresses: [{ family: 'IPv4', address }],
    mode: 'Proxy',
    ports,
    targets: nodes.map(({ target }) => target),
    sourceRanges: [],
    sessionAffinity: 'None',
    ...changes,
  };
}

/** What a TCP client hears that says nothing, or the code of its error. */
export async function ask(port: number, from?: string): Promise<string> {
  const socket = connect({ host: address, port, ...(from && { localAddress: from }) });
  socket.end();
  return text(socket).catch((error: unknown) =>
    error instanceof Error && 'code' in error ? String(error.code) : String(error),
  );
}

/** The answer to one datagram; `ECONNREFUSED` where the kernel refuses. */
export async function askUdp(port: number, message: string, from = '127.0.0.1'): Promise<string> {
  using client = await openUdpClient(port, from);
  return await client.ask(message);
}

export interface UdpClient extends Disposable {
  ask(message: string): Promise<string>;
  /** Without waiting for an answer. */
  send(message: string): Promise<void>;
}

/** One that asks again and again from one port. */
export async function openUdpClient(port: number, from = '127.0.0.1'): Promise<UdpClient> {
  const socket = createSocket('udp4');
  socket.bind(0, from);
  await once(socket, 'listening');
  socket.connect(port, address);
  await once(socket, 'connect');
  return {
    ask: async (message) => {
      const { promise, resolve } = Promise.withResolvers<string>();
      const heard = (answer: Buffer) => resolve(String(answer));
      const failed = (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message);
      socket.once('message', heard).once('error', failed);
      socket.send(message, (error) => {
        if (error) failed(error);
      });
      const answer = await promise;
      socket.off('message', heard).off('error', failed);
      return answer;
    },
    send: (message) =>
      new Promise((resolve, reject) => {
        socket.send(message, (error) => (error ? reject(error) : resolve()));
      }),
    [Symbol.dispose]: () => void socket.close(),
  };
}

/** The flows that begin from now on. */
export async function flowsOf(
  dataplane: Dataplane,
): Promise<{ readonly flows: readonly ForwardedFlow[] } & Disposable> {
  const flows: ForwardedFlow[] = [];
  const listening = dataplane.onFlow((flow) => flows.push(flow));
  await listening.ready;
  return { flows, [Symbol.dispose]: () => listening[Symbol.dispose]() };
}

async function startTcp(target: Target, port: number): Promise<NodePortServer> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    count += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    socket.on('data', (said) => socket.write(said));
    socket.on('end', () => socket.end(target.node));
  });
  server.listen(port, target.address);
  await once(server, 'listening');
  return {
    target,
    port: (server.address() as AddressInfo).port,
    sockets,
    get count() {
      return count;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}

async function startUdp(target: Target, port: number): Promise<NodePortServer> {
  const socket = createSocket('udp4');
  let count = 0;
  let isOpen = true;
  socket.on('message', (said, from) => {
    count += 1;
    socket.send(`${target.node} ${String(said)}`, from.port, from.address);
  });
  socket.bind(port, target.address);
  await once(socket, 'listening');
  return {
    target,
    port: socket.address().port,
    sockets: new Set(),
    get count() {
      return count;
    },
    [Symbol.asyncDispose]: async () => {
      if (isOpen) socket.close();
      isOpen = false;
    },
  };
}
