/** The tables are of one load balancer: two on one machine would replace each other's. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tableName } from './rules.ts';

/** In the abstract namespace of the network namespace: it goes with its process. */
const socketName = `\0hop-${tableName}-nftables`;

/** @throws Error where there is another */
export async function beTheOnlyOne(): Promise<Disposable> {
  const server = createServer().unref();
  try {
    await once(server.listen(socketName), 'listening');
  } catch (cause) {
    throw new Error(
      'nftables: another hop apiserver-lb with this dataplane runs on this machine: give one of them all addresses, or --dataplane userspace',
      { cause },
    );
  }
  return { [Symbol.dispose]: () => void server.close() };
}
