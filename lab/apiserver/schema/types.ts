/** All types of the API by their OpenAPI names. */
import { accessTypes } from './access-types.ts';
import { containerTypes } from './container-types.ts';
import { coreTypes } from './core-types.ts';
import type { TypeDeclaration } from './declare.ts';
import { groupTypes } from './group-types.ts';
import { metaTypes } from './meta-types.ts';
import { nodeTypes } from './node-types.ts';
import { podTypes } from './pod-types.ts';
import { schedulingTypes } from './scheduling-types.ts';
import { serviceTypes } from './service-types.ts';
import { volumeSourceTypes } from './volume-source-types.ts';
import { volumeTypes } from './volume-types.ts';

export const types: ReadonlyMap<string, TypeDeclaration> = new Map(
  [
    ...metaTypes,
    ...coreTypes,
    ...nodeTypes,
    ...serviceTypes,
    ...podTypes,
    ...containerTypes,
    ...schedulingTypes,
    ...volumeTypes,
    ...volumeSourceTypes,
    ...groupTypes,
    ...accessTypes,
  ].map((type) => [type.name, type]),
);

/** A type that is known to exist: the table's own names. */
export function typeNamed(name: string): TypeDeclaration {
  const type = types.get(name);
  if (!type) throw new Error(`No such type: ${name}`);
  return type;
}
