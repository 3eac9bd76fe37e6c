/** Connections of a pod through a node: kept ones, and new ones without an end. */
import { setImmediate as turn } from 'node:timers/promises';
import { loadBlockingSockets, type Socket } from '../../../kit/testing/blocking-sockets.ts';
import { nodeNetwork } from '../../../kit/testing/node-network.ts';

export interface Traffic {
  /** Opens and keeps so many connections to a Service. */
  keep(address: string, count: number): void;
  /** How many of the kept ones carry a byte there and back. */
  echoing(): number;
  /** One new connection: who got it, or the error's name. */
  connect(address: string): string;
  /** Opens new connections, one after the other, until it is stopped. */
  load(addresses: readonly string[]): { stop(): Promise<LoadReport> };
}

export interface LoadReport {
  readonly connected: number;
  /** How many failed, by error. */
  readonly failed: Readonly<Record<string, number>>;
  /** From the first that failed until one came through. */
  readonly longestGapMs: number;
}

const port = 80;
const targetPort = 8080;

/** Whatever address an endpoint has, its connections come in here. */
export async function openTraffic(): Promise<Traffic> {
  const sockets = await loadBlockingSockets(10);
  const { client, endpoints } = nodeNetwork;
  const listener = sockets.within(endpoints.namespace, () => sockets.listen({ port: targetPort }));
  const kept: (readonly [Socket, Socket])[] = [];
  const byte = Buffer.from('x');

  const open = (address: string): readonly [Socket, Socket] | string => {
    const socket = sockets.within(client.namespace, () => sockets.connect(address, port));
    if (typeof socket === 'string') return socket;
    const accepted = sockets.accept(listener);
    if (accepted === null) throw new Error(`a connection to ${address} went elsewhere`);
    return [socket, accepted];
  };
  const connect = (address: string): string => {
    const opened = open(address);
    if (typeof opened === 'string') return opened;
    const [socket, accepted] = opened;
    const endpoint = sockets.localAddress(accepted);
    sockets.reset(socket);
    sockets.close(accepted);
    return endpoint;
  };
  const carries = (from: Socket, to: Socket) => {
    const sent = sockets.send(from, byte);
    return sent === 1 && sockets.receive(to, Buffer.alloc(1)) === 1;
  };
  return {
    connect,
    keep: (address, count) => {
      for (let index = 0; index < count; index++) {
        const opened = open(address);
        if (typeof opened === 'string') throw new Error(`${address}: ${opened}`);
        kept.push(opened);
      }
    },
    echoing: () => kept.filter(([from, to]) => carries(from, to) && carries(to, from)).length,
    load: (addresses) => {
      const failed: Record<string, number> = {};
      let connected = 0;
      let failingSince: number | null = null;
      let longestGapMs = 0;
      let isOver = false;
      const work = async () => {
        for (let index = 0; !isOver; index++) {
          const end = connect(addresses[index % addresses.length] ?? '');
          if (end.includes(':')) {
            connected++;
            if (failingSince !== null) {
              longestGapMs = Math.max(longestGapMs, performance.now() - failingSince);
            }
            failingSince = null;
          } else {
            failed[end] = (failed[end] ?? 0) + 1;
            failingSince ??= performance.now();
          }
          await turn();
        }
      };
      const ended = work();
      return {
        stop: async () => {
          isOver = true;
          await ended;
          return { connected, failed, longestGapMs };
        },
      };
    },
  };
}
