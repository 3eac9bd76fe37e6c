/**
 * Nodes of a proof's own, on loopback addresses. What kube-proxy and a pod do together is done by the node itself: at
 * node ports, and at its own address as a load balancer would have it, it answers with its name. It also answers
 * those who ask for its health.
 */
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { Service, ServicePort } from '../service.ts';

export interface OwnNode {
  readonly name: string;
  readonly address: string;
  /** What it says at the port for the whole node; another port is asked for one Service alone. */
  isWell: boolean;
  /** What it says at the `healthCheckNodePort`s of Services. */
  hasPods: boolean;
  /** The ports at which it was asked for its health. */
  readonly askedAt: Set<number>;
}

export interface OwnNodes extends AsyncDisposable {
  readonly nodes: readonly OwnNode[];
  /** Where all of them answer for their health: kube-proxy’s 10256 may be somebody’s here. */
  readonly healthPort: number;
  /** `127.45.67.128/25`: addresses beside theirs, for load balancers. */
  readonly pool: string;
  /** `127.45.67.101`: an address for a client, by a number below 20. */
  clientAddress(index: number): string;
  /** Answers at the ports of a Service. */
  serve(service: Service): Promise<void>;
}

export async function startOwnNodes(count: number): Promise<OwnNodes> {
  await using starting = new AsyncDisposableStack();
  const network = await freeNetwork();
  const nodes = Array.from({ length: count }, (_, index): OwnNode => {
    const name = `node-${index + 1}`;
    return {
      name,
      address: `${network.prefix}.${index + 1}`,
      isWell: true,
      hasPods: true,
      askedAt: new Set(),
    };
  });
  for (const node of nodes) {
    starting.use(await answerHealth(node, network.healthPort, () => node.isWell));
  }
  const running = starting.move();
  return {
    nodes,
    healthPort: network.healthPort,
    pool: `${network.prefix}.128/25`,
    clientAddress: (index) => `${network.prefix}.${101 + index}`,
    serve: async ({ spec }) => {
      for (const node of nodes) {
        for (const port of spec.ports ?? []) {
          for (const one of await answerAt(node, port)) running.use(one);
        }
        const { healthCheckNodePort: port } = spec;
        if (port) running.use(await answerHealth(node, port, () => node.hasPods));
      }
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** A network below 127 in which nobody has the port; labs have theirs from 127.96 on. */
async function freeNetwork(): Promise<{ readonly prefix: string; readonly healthPort: number }> {
  const prefix = `127.${randomInt(20, 90)}.${randomInt(256)}`;
  const server = createServer();
  server.listen(0, `${prefix}.1`);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  return { prefix, healthPort: address.port };
}

async function answerHealth(
  node: OwnNode,
  port: number,
  isWell: () => boolean,
): Promise<AsyncDisposable> {
  const server = createHttpServer((request, response) => {
    if (request.url === '/healthz') node.askedAt.add(port);
    response.writeHead(isWell() ? 200 : 503).end();
  });
  server.listen(port, node.address);
  await once(server, 'listening');
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Nobody can answer SCTP here. */
async function answerAt(
  node: OwnNode,
  { protocol = 'TCP', port, nodePort }: ServicePort,
): Promise<readonly AsyncDisposable[]> {
  const ports = nodePort ? [nodePort, port] : [port];
  if (protocol === 'SCTP') return [];
  const answer = protocol === 'TCP' ? answerTcp : answerUdp;
  return Promise.all(ports.map((own) => answer(node, own)));
}

async function answerTcp({ name, address }: OwnNode, port: number): Promise<AsyncDisposable> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(`${name}\n`);
  });
  server.listen(port, address);
  await once(server, 'listening');
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

async function answerUdp({ name, address }: OwnNode, port: number): Promise<AsyncDisposable> {
  const socket = createSocket('udp4');
  socket.on('message', (_, from) => socket.send(name, from.port, from.address));
  socket.bind(port, address);
  await once(socket, 'listening');
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}
