/** Who manages which fields of an object: `metadata.managedFields`, read and written. */
import type { Json, JsonObject } from '../../../proxies/kit/api/json.ts';
import { isObject, listAt, textAt, without, type ApiObject } from '../api-object.ts';
import { timestamp } from '../metadata.ts';
import { fromFieldsV1, toFieldsV1, type FieldPath, type FieldSet } from './field-set.ts';

export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
}

export interface Managed extends Manager {
  readonly fields: FieldSet;
  readonly time: string;
}

/** Reads the managers of an object; entries that are not in our form are left out. */
export function readManagers(object: JsonObject): readonly Managed[] {
  return listAt(object, 'metadata', 'managedFields').flatMap((entry): readonly Managed[] => {
    const operation = textAt(entry, 'operation');
    if (operation !== 'Apply' && operation !== 'Update') return [];
    return [
      {
        name: textAt(entry, 'manager'),
        operation,
        apiVersion: textAt(entry, 'apiVersion'),
        subresource: textAt(entry, 'subresource'),
        time: textAt(entry, 'time'),
        fields: fromFieldsV1(isObject(entry) ? entry.fieldsV1 : undefined),
      },
    ];
  });
}

/** The object with these managers; those that manage nothing any more are gone. */
export function withManagers(object: ApiObject, managers: readonly Managed[]): ApiObject {
  const entries = managers
    .filter(({ fields }) => fields.size > 0)
    .sort((one, other) => orderOf(one).localeCompare(orderOf(other)))
    .map((manager): Json => ({
      manager: manager.name,
      operation: manager.operation,
      apiVersion: manager.apiVersion,
      time: manager.time,
      fieldsType: 'FieldsV1',
      fieldsV1: toFieldsV1(manager.fields),
      ...(manager.subresource === '' ? {} : { subresource: manager.subresource }),
    }));
  const metadata = without(object.metadata, 'managedFields');
  return {
    ...object,
    metadata: { ...metadata, managedFields: entries, name: object.metadata.name },
  };
}

/** Who applies comes first, then who came first. */
function orderOf({ operation, time, name, subresource }: Managed): string {
  return `${operation} ${time} ${name} ${subresource}`;
}

export function isSameManager(one: Manager, other: Manager): boolean {
  return (
    one.name === other.name &&
    one.operation === other.operation &&
    one.apiVersion === other.apiVersion &&
    one.subresource === other.subresource
  );
}

/** The managers with one of them managing these fields; its time is kept where nothing changes. */
export function withFieldsOf(
  managers: readonly Managed[],
  manager: Manager,
  fields: FieldSet,
): readonly Managed[] {
  const old = managers.find((one) => isSameManager(one, manager));
  const isSame = old?.fields.size === fields.size && old.fields.isSubsetOf(fields);
  if (isSame) return managers;
  const changed = { ...manager, fields, time: timestamp() };
  return [...managers.filter((one) => !isSameManager(one, manager)), changed];
}

/** The managers without these fields, but for one. */
export function withoutFields(
  managers: readonly Managed[],
  fields: FieldSet,
  keeper?: Manager,
): readonly Managed[] {
  return managers.map((one) =>
    keeper !== undefined && isSameManager(one, keeper)
      ? one
      : { ...one, fields: one.fields.difference(fields) },
  );
}

export interface Comparison {
  /** Added, or with another value. */
  readonly changed: ReadonlySet<FieldPath>;
  readonly removed: ReadonlySet<FieldPath>;
}

export function compareFields(
  before: ReadonlyMap<FieldPath, string>,
  after: ReadonlyMap<FieldPath, string>,
): Comparison {
  return {
    changed: new Set([...after.keys()].filter((path) => before.get(path) !== after.get(path))),
    removed: new Set([...before.keys()].filter((path) => !after.has(path))),
  };
}
