/** A node as a process: at its node ports, whoever asks is told who it is, and whom it sees. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { chunk, chunkTypes, decodeInit, encodeInit } from '../../../kit/sctp/packet.ts';
import { createSctpPorts } from '../../../kit/sctp/sctp-ports.ts';
import { transports, type Family, type Transport } from '../../service.ts';
import { nodeAddress, served, type NodeNumber } from './places.ts';

const number = Number(process.argv[2]) as NodeNumber;
const sctp = createSctpPorts();
const says = (peer: string) => `node-${number} ${peer}\n`;

const serve: Readonly<
  Record<Transport, (address: string, port: number, family: Family) => Promise<unknown>>
> = {
  /** Again for each line. */
  TCP: (host, port) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => socket.write(says(socket.remoteAddress ?? '')));
    });
    return once(server.listen({ host, port, backlog: 1024 }), 'listening');
  },
  UDP: (address, port, family) => {
    const socket = createSocket(family === 'IPv6' ? 'udp6' : 'udp4');
    socket.on('message', (_, peer) => socket.send(says(peer.address), peer.port, peer.address));
    return once(socket.bind(port, address), 'listening');
  },
  /** Answers each INIT: the cookie says what there is to say. */
  SCTP: (address, port) =>
    sctp.open(address, port, ({ packet, from, send }) => {
      const [first] = packet.chunks;
      const init = first?.type === chunkTypes.init ? decodeInit(first.value) : undefined;
      if (!init) return;
      const value = encodeInit({ ...init, cookie: Buffer.from(says(from)) });
      send(packet.sourcePort, init.tag, [chunk(chunkTypes.initAck, value)], from);
    }),
};

for (const family of ['IPv4', 'IPv6'] as const) {
  const address = nodeAddress(number, family);
  for (const protocol of transports) {
    for (const { nodePort } of served.filter((one) => one.protocol === protocol)) {
      await serve[protocol](address, nodePort, family);
    }
  }
}
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
