/** The TCP port of a workload that is not HTTP: listens on the pod's addresses, logs each connection. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createLifecycle } from './lifecycle.ts';
import type { Workload, WorkloadContext } from './workload.ts';

/** Runs `converse` for each connection, until the client or the pod ends it. */
export async function serveTcp(
  context: WorkloadContext,
  converse: (socket: Socket) => void,
): Promise<Workload> {
  const connections = new Set<Socket>();
  const servers: Server[] = [];
  const closeAll = () => Promise.all(servers.map(closeServer));
  const lifecycle = createLifecycle({
    drain: async () => {
      const closed = closeAll();
      for (const connection of connections) connection.end();
      await closed;
    },
    close: async () => {
      const closed = closeAll();
      for (const connection of connections) connection.destroy();
      await closed;
    },
  });
  const accept = (socket: Socket) => {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    connections.add(socket);
    socket.on('error', (error) => context.log(`${peer} ${error.message}`));
    socket.once('close', () => {
      connections.delete(socket);
      context.log(`${peer} closed: ${socket.bytesRead} bytes in, ${socket.bytesWritten} out`);
    });
    converse(socket);
  };

  try {
    for (const { containerPort, protocol } of context.ports) {
      if (protocol !== 'TCP') continue;
      for (const address of context.addresses) {
        const server = createServer({ allowHalfOpen: true }, accept);
        servers.push(server);
        server.listen(containerPort, address);
        await once(server, 'listening');
        context.log(`listening on ${address} port ${containerPort}`);
      }
    }
  } catch (error) {
    await lifecycle.exit(1);
    throw error;
  }
  return lifecycle.workload;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
