/** `--etcd-servers`: the store that several apiservers share, or one in memory. */
import type { ApiObject } from './api-object.ts';
import type { ApiStore } from './registry.ts';

/** @param server `host:port`, the path of a Unix socket, or nothing: a store of its own. */
export async function openStore(server: string): Promise<ApiStore> {
  if (server === '') {
    const { createMemoryStore } = await import('../store/memory-store.ts');
    return createMemoryStore<ApiObject>();
  }
  const { connectStore } = await import('../store/remote-store.ts');
  return connectStore<ApiObject>(server, { log: (line) => process.stderr.write(`${line}\n`) });
}
