/** Fills an empty store with the cluster of the lab. */
import { keyOf, toStored, type ApiStore } from '../apiserver/registry.ts';
import { findResource } from '../apiserver/resource-table.ts';
import { seedObjects } from './cluster.ts';

export async function seed(store: ApiStore, now = new Date()): Promise<void> {
  for (const {
    resource: [group, version, plural],
    object,
  } of seedObjects(now)) {
    const resource = findResource(group, version, plural);
    if (!resource) throw new Error(`The seed names a resource that does not exist: ${plural}`);
    const key = keyOf(resource, object.metadata.namespace ?? '', object.metadata.name);
    await store.create(key, toStored(object));
  }
}
