/**
 * `udp-echo`: sends each datagram back, from the address it was sent to. `whoami` is answered with pod,
 * node, own address and sender's address; a datagram `silent` is not answered.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createLifecycle } from './lifecycle.ts';
import { whoAmI } from './who-am-i.ts';
import type { StartWorkload, WorkloadContext } from './workload.ts';

export const start: StartWorkload = async (context) => {
  const sockets: Socket[] = [];
  const lifecycle = createLifecycle({
    close: async () => {
      await Promise.all(sockets.map(closeSocket));
    },
  });
  try {
    for (const { containerPort: port, protocol } of context.ports) {
      if (protocol !== 'UDP') continue;
      for (const address of context.addresses) {
        sockets.push(await bindEcho(context, address, port));
        context.log(`listening on ${address} port ${port}/udp`);
      }
    }
  } catch (error) {
    await lifecycle.exit(1);
    throw error;
  }
  return lifecycle.workload;
};

async function bindEcho(context: WorkloadContext, address: string, port: number): Promise<Socket> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (datagram, peer) => {
    const text = datagram.toString().trimEnd();
    context.log(`${peer.address}:${peer.port} ${datagram.length} bytes`);
    if (text === 'silent') return;
    const answer = text === 'whoami' ? `${whoAmI(context, { address, port }, peer)}\n` : datagram;
    socket.send(answer, peer.port, peer.address, (error) => {
      if (error) context.log(`${peer.address}:${peer.port} ${error.message}`);
    });
  });
  socket.bind(port, address);
  await once(socket, 'listening');
  socket.on('error', (error) => context.log(error.message));
  return socket;
}

function closeSocket(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()));
}
