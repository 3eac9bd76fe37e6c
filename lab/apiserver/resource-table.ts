/** All resources of the API, and how to find one by its path. */
import { apiVersionOf, type Resource } from './resource.ts';
import { coreResources } from './resources/core.ts';

export const resourceTable: readonly Resource[] = [...coreResources];

const byPath = new Map(
  resourceTable.map((resource) => [`${apiVersionOf(resource)}/${resource.plural}`, resource]),
);

export function findResource(group: string, version: string, plural: string): Resource | undefined {
  return byPath.get(`${apiVersionOf({ group, version })}/${plural}`);
}
