/** What the objects of the seed have in common. */
import { randomUUID } from 'node:crypto';
import type { ApiObject, JsonObject, ObjectMeta, OwnerReference } from '../apiserver/api-object.ts';

/** An object to be, and the resource it belongs to. */
export interface SeedObject {
  readonly group: '' | 'apps' | 'discovery.k8s.io' | 'coordination.k8s.io';
  readonly plural: string;
  readonly object: ApiObject;
}

export interface Named {
  readonly name: string;
  readonly namespace?: string;
  readonly createdAt: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly owner?: OwnerReference;
}

/** An object with the metadata that the server would have given it. */
export function seedObject(
  group: SeedObject['group'],
  plural: string,
  named: Named,
  fields: JsonObject,
): SeedObject {
  const { name, namespace, createdAt, labels, annotations, owner } = named;
  const metadata: ObjectMeta = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid: randomUUID(),
    ...(group === 'apps' ? { generation: 1 } : {}),
    creationTimestamp: createdAt,
    ...(labels ? { labels } : {}),
    ...(annotations ? { annotations } : {}),
    ...(owner ? { ownerReferences: [owner] } : {}),
  };
  return { group, plural, object: { metadata, ...fields } };
}

/** A reference that makes the object a dependent of this one. */
export function ownedBy(apiVersion: string, kind: string, { metadata }: ApiObject): OwnerReference {
  const { name, uid = '' } = metadata;
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}
