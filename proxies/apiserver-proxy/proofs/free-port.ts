/** A port that nobody listens on, for those that cannot let the system choose. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** Free on every address just now; somebody else may take it at any time. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
