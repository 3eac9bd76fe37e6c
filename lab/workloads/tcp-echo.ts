/**
 * `tcp-echo`: sends back every byte, and ends when the client does. `whoami`, when it comes by itself, is
 * answered with pod, node, own address and client's address, as `udp-echo` and `sctp-echo` do.
 */
import { Transform } from 'node:stream';
import { serveTcp } from './serve-tcp.ts';
import { whoAmI } from './who-am-i.ts';
import type { StartWorkload } from './workload.ts';

const question = Buffer.from('whoami\n');

export const start: StartWorkload = (context) =>
  serveTcp(context, (socket) => {
    const own = { address: socket.localAddress ?? '', port: socket.localPort ?? 0 };
    const peer = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    const answer = new Transform({
      transform: (chunk: Buffer, _, pass) =>
        pass(null, chunk.equals(question) ? `${whoAmI(context, own, peer)}\n` : chunk),
    });
    socket.pipe(answer).pipe(socket);
  });
