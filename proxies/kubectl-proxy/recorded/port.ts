/** Whether somebody listens on a port of this machine: 8001 belongs to whoever came first. */
import { once } from 'node:events';
import { createServer } from 'node:net';

export async function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
