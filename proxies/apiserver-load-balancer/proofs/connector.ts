/** A load balancer that is content when it can connect: in turn, the next one where a dial fails, and no checks. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Backend } from '../backend.ts';
import type { OwnBalancer } from './own-balancer.ts';

export async function startConnector(backends: readonly Backend[]): Promise<OwnBalancer> {
  const sockets = new Set<Socket>();
  const own = (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    return socket;
  };
  let turn = 0;
  const balancer = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    own(client);
    turn += 1;
    const inTurn = backends.map((_, index) => backends[(turn + index) % backends.length]);
    const dial = ([next, ...others]: typeof inTurn): void => {
      if (!next) {
        client.destroy();
        return;
      }
      const { address: host, port } = next;
      const backend = own(connect({ host, port, allowHalfOpen: true }));
      const failed = () => dial(others);
      backend.once('error', failed);
      backend.once('connect', () => {
        backend.off('error', failed);
        client.pipe(backend);
        backend.pipe(client);
        client.once('close', () => backend.destroy());
        backend.once('close', () => client.destroy());
      });
    };
    dial(inTurn);
  });
  balancer.listen(0, '127.0.0.1');
  await once(balancer, 'listening');
  const { address: host, port } = balancer.address() as AddressInfo;
  return {
    host,
    port,
    [Symbol.asyncDispose]: async () => {
      const closed = once(balancer, 'close');
      balancer.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
