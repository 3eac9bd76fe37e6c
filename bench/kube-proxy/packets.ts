/** What a packet pays: a pod's connections through the node to endpoints, over two cables. */
import type { BlockingSockets, Socket } from '../../proxies/kit/testing/blocking-sockets.ts';
import { nodeNetwork } from '../../proxies/kit/testing/node-network.ts';
import { targetPort } from './cluster.ts';

export interface PacketTimes {
  /** `connect()`, from the call until the handshake is done. In microseconds. */
  readonly firstPacketUs: number[];
  /** A byte there and back, on one connection. */
  readonly roundTripUs: number[];
}

const connections = 2000;
const roundTrips = 5000;
const warmUp = 200;

export class EndpointServer implements Disposable {
  readonly #sockets: BlockingSockets;
  readonly #listener: Socket;

  constructor(sockets: BlockingSockets) {
    this.#sockets = sockets;
    this.#listener = sockets.within(nodeNetwork.endpoints.namespace, () =>
      sockets.listen({ port: targetPort }),
    );
  }

  /** @returns both ends of a new connection, and how long it took */
  connect(address: string, port: number): { client: Socket; server: Socket; tookUs: number } {
    const { client, tookUs } = this.#sockets.within(nodeNetwork.client.namespace, () => {
      const startedAt = performance.now();
      const socket = this.#sockets.connect(address, port);
      return { client: socket, tookUs: 1000 * (performance.now() - startedAt) };
    });
    if (typeof client === 'string') throw new Error(`connect ${address}:${port}: ${client}`);
    const server = this.#sockets.accept(this.#listener);
    if (server === null) throw new Error(`nobody came for ${address}:${port}`);
    return { client, server, tookUs };
  }

  [Symbol.dispose](): void {
    this.#sockets.close(this.#listener);
  }
}

/** @param target another one each time */
export function measurePackets(
  sockets: BlockingSockets,
  target: () => readonly [address: string, port: number],
): PacketTimes {
  using server = new EndpointServer(sockets);
  const firstPacketUs: number[] = [];
  for (let turn = 0; turn < warmUp + connections; turn++) {
    const { client, server: accepted, tookUs } = server.connect(...target());
    if (turn >= warmUp) firstPacketUs.push(tookUs);
    sockets.reset(client);
    sockets.close(accepted);
  }
  const { client, server: accepted } = server.connect(...target());
  const byte = Buffer.alloc(1);
  const roundTripUs: number[] = [];
  for (let turn = 0; turn < warmUp + roundTrips; turn++) {
    const startedAt = performance.now();
    sockets.send(client, byte);
    sockets.receive(accepted, byte);
    sockets.send(accepted, byte);
    sockets.receive(client, byte);
    if (turn >= warmUp) roundTripUs.push(1000 * (performance.now() - startedAt));
  }
  sockets.reset(client);
  sockets.close(accepted);
  return { firstPacketUs, roundTripUs };
}
