/** What a write that is no apply does to the managers of an object. */
import { listAt, without, type ApiObject } from '../api-object.ts';
import {
  compareFields,
  isSameManager,
  readManagers,
  withFieldsOf,
  withManagers,
  withoutFields,
  type Manager,
} from './managers.ts';
import { fieldsOf } from './typed-value.ts';

/**
 * The object with its managers after a write: the writer owns what it changed, and others do no longer.
 * An object that was never applied has no managers; they begin with its first apply.
 */
export function trackUpdate(
  typeName: string,
  old: ApiObject,
  object: ApiObject,
  manager: Manager,
): ApiObject {
  const sent = object.metadata.managedFields;
  const isReset = sent !== undefined && listAt(sent).every((entry) => isEmpty(entry));
  const base = sent === undefined ? old : object;
  const managers = isReset ? [] : readManagers(base);
  if (managers.length === 0) {
    const { name } = object.metadata;
    return { ...object, metadata: { ...without(object.metadata, 'managedFields'), name } };
  }
  const { changed, removed } = compareFields(fieldsOf(typeName, old), fieldsOf(typeName, object));
  const mine = managers.find((one) => isSameManager(one, manager))?.fields ?? new Set<string>();
  const others = withoutFields(withoutFields(managers, changed, manager), removed);
  const own = mine.union(changed).difference(removed);
  return withManagers(object, own.size === 0 ? others : withFieldsOf(others, manager, own));
}

function isEmpty(entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && Object.keys(entry).length === 0;
}
