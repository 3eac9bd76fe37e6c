/** What a write may change of an object through each of the subresources that are parts of it. */
import { at, objectAt, without, type ApiObject, type ObjectMeta } from '../api-object.ts';
import type { Resource } from '../resource.ts';

type Part = (sent: ApiObject, old: ApiObject) => ApiObject;

/** The part that a subresource is. */
export function changeOf(subresource: string, resource: Resource): Part {
  return subresource === 'status' ? statusOf(resource) : (parts[subresource] ?? keepAll);
}

const keepAll: Part = (_, old) => old;

/** The status, and of the metadata what is no part of the desired state. */
function statusOf({ hasGeneration = false }: Resource): Part {
  return ({ status, metadata }, old) => ({
    ...old,
    metadata: keepMetadata(
      metadata,
      old.metadata,
      hasGeneration ? ['ownerReferences', 'labels'] : ['ownerReferences'],
    ),
    ...(status === undefined ? {} : { status }),
  });
}

function keepMetadata(
  sent: ObjectMeta,
  old: ObjectMeta,
  fields: readonly ('ownerReferences' | 'labels')[],
): ObjectMeta {
  const kept = fields.filter((field) => old[field] !== undefined);
  return {
    ...without(sent, ...fields),
    ...Object.fromEntries(kept.map((field) => [field, old[field]])),
    name: sent.name,
  };
}

const parts: Readonly<Record<string, Part>> = {
  finalize: specField('finalizers'),
  ephemeralcontainers: specField('ephemeralContainers'),
};

function specField(field: string): Part {
  return (sent, old) => {
    const value = at(sent, 'spec', field);
    const rest = without(objectAt(old, 'spec'), field);
    return { ...old, spec: { ...rest, ...(value === undefined ? {} : { [field]: value }) } };
  };
}
