/** What only one process of a machine may do: by a name in the abstract namespace, which goes with its process. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Among the processes of a network namespace. Elsewhere than on Linux there are no such names, and nobody is asked.
 *
 * @throws Error where another has the name
 */
export async function beTheOnlyOne(name: string): Promise<Disposable> {
  if (process.platform !== 'linux') return { [Symbol.dispose]: () => undefined };
  const server = createServer().unref();
  await once(server.listen(`\0${name}`), 'listening');
  return { [Symbol.dispose]: () => void server.close() };
}
