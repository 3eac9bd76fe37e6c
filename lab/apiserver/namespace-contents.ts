/** A namespace takes with it what is in it. */
import { keyPrefix, type ApiStore } from './registry.ts';
import { resourceTable } from './resource-table.ts';

/** Deletes every object of a namespace, whatever its kind. */
export async function deleteContents(store: ApiStore, namespace: string): Promise<void> {
  for (const resource of resourceTable.filter(({ namespaced }) => namespaced)) {
    const page = await store.list({ prefix: keyPrefix(resource, namespace) });
    if (page.result !== 'page') continue;
    for (const entry of page.entries) {
      const write = await store.delete(entry.key, entry.revision);
      if (write.result === 'written') await resource.release?.(store, entry.value);
    }
  }
}
