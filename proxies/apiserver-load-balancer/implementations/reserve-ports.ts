/** Ports for a program that opens its own: the ones that the system is to choose, chosen; taken ones, refused. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { ListenAddress } from '../dataplane.ts';

/**
 * Opens each and closes it again, all at once so that none is given twice: nginx and HAProxy have no port 0, and
 * HAProxy would share a port with another HAProxy.
 *
 * @throws Error of the system's, with its code, where one cannot be had
 */
export async function reservePorts(
  listen: readonly ListenAddress[],
): Promise<readonly ListenAddress[]> {
  await using held = new AsyncDisposableStack();
  const reserved: ListenAddress[] = [];
  for (const { host, port } of listen) {
    const server = held.adopt(createServer(), (each) => {
      if (each.listening) each.close();
    });
    server.listen({ host, port, exclusive: true, ipv6Only: true });
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error(`no port on ${host}`);
    reserved.push({ host, port: address.port });
  }
  return reserved;
}
