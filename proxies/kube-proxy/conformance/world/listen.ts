/** Servers at addresses of this network namespace; each says who it is, and whom it sees. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { createServer } from 'node:net';
import type { Transport } from '../../service-port.ts';
import { chunk, chunkTypes, decodeInit, encodeInit } from '../../../kit/sctp/packet.ts';
import { answerText, backendText, type Listening } from './answer.ts';
import type { SctpPorts } from '../../../kit/sctp/sctp-ports.ts';

/** @throws Error with the system's code where an address is not ours, or taken */
export async function listenAt(
  { protocol, address, port }: Listening,
  sctp: SctpPorts,
): Promise<AsyncDisposable> {
  const who = backendText(address, port);
  return listen[protocol](address, port, (peer) => answerText(who, peer), sctp);
}

type Answerer = (peer: string) => string;
type Listen = (
  address: string,
  port: number,
  answer: Answerer,
  sctp: SctpPorts,
) => Promise<AsyncDisposable>;

const listen: Readonly<Record<Transport, Listen>> = {
  TCP: async (host, port, answer) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(answer(socket.remoteAddress ?? ''));
    });
    server.listen({ host, port });
    await once(server, 'listening');
    return server;
  },
  UDP: async (address, port, answer) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    socket.on('message', (_, peer) => {
      socket.send(answer(peer.address), peer.port, peer.address, () => undefined);
    });
    socket.bind(port, address);
    await once(socket, 'listening');
    return socket;
  },
  /** Answers each INIT: the cookie says what there is to say. */
  SCTP: (address, port, answer, sctp) =>
    sctp.open(address, port, ({ packet, from, send }) => {
      const [first] = packet.chunks;
      const init = first?.type === chunkTypes.init ? decodeInit(first.value) : undefined;
      if (!init) return;
      const cookie = Buffer.from(answer(from));
      const value = encodeInit({ ...init, cookie });
      send(packet.sourcePort, init.tag, [chunk(chunkTypes.initAck, value)], from);
    }),
};
