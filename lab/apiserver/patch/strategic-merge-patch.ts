/**
 * Strategic merge patch: a merge patch that knows by which field the items of a list are told apart
 * (upstream: `k8s.io/apimachinery/pkg/util/strategicpatch`).
 */
import type { Json, JsonObject } from '../../../proxies/kit/api/json.ts';
import { isList, isObject, textAt } from '../api-object.ts';
import type { Field, TypeExpression } from '../schema/declare.ts';
import { types } from '../schema/types.ts';
import { badRequest } from '../status.ts';
import { orderElements } from './element-order.ts';

/** Applies a patch to an object of this type. */
export function strategicMergePatch(
  target: JsonObject,
  patch: JsonObject,
  typeName: string,
): JsonObject {
  return mergeMap(target, patch, typeName);
}

const deleteFrom = '$deleteFromPrimitiveList/';
const setOrder = '$setElementOrder/';

function mergeMap(target: JsonObject, patch: JsonObject, typeName: string | undefined): JsonObject {
  const directive = patch.$patch;
  if (directive === 'replace') return withoutDirectives(patch);
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge') {
    throw badRequest(`Unknown patch type found: ${JSON.stringify(directive)}`);
  }

  const retained = patch.$retainKeys;
  const merged = new Map(
    Object.entries(target).filter(([key]) => !isList(retained) || retained.includes(key)),
  );
  const fields = typeName === undefined ? undefined : types.get(typeName)?.fields;
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(deleteFrom)) {
      const field = key.slice(deleteFrom.length);
      merged.set(field, without(merged.get(field), value));
    } else if (value === null) {
      merged.delete(key);
    } else if (!key.startsWith('$') && value !== undefined) {
      merged.set(key, mergeValue(merged.get(key), value, fields?.get(key)));
    }
  }
  for (const [key, order] of Object.entries(patch)) {
    if (!key.startsWith(setOrder)) continue;
    const name = key.slice(setOrder.length);
    const list = merged.get(name);
    if (!isList(order) || !isList(list)) continue;
    const before = target[name];
    merged.set(
      name,
      orderElements(list, order, isList(before) ? before : [], fields?.get(name)?.mergeKey),
    );
  }
  return Object.fromEntries(merged);
}

function mergeValue(target: Json | undefined, patch: Json, field: Field | undefined): Json {
  if (isObject(patch)) {
    return mergeMap(isObject(target) ? target : {}, patch, elementType(field?.type));
  }
  if (!isList(patch)) return patch;
  const isMerged = field?.strategies.includes('merge') ?? false;
  if (!isMerged) return patch.map((item) => (isObject(item) ? withoutDirectives(item) : item));
  const list = isList(target) ? target : [];
  return field?.mergeKey === undefined
    ? [...list, ...patch.filter((item) => !list.includes(item))]
    : mergeList(list, patch, field.mergeKey, elementType(field.type));
}

function mergeList(
  target: readonly Json[],
  patch: readonly Json[],
  mergeKey: string,
  typeName: string | undefined,
): readonly Json[] {
  const isReplacement = patch.some((item) => isObject(item) && item.$patch === 'replace');
  const merged = isReplacement ? [] : [...target];
  for (const item of patch) {
    if (!isObject(item)) throw badRequest(`the list's items must be objects with "${mergeKey}"`);
    const directive = item.$patch;
    if (directive === 'replace' && item[mergeKey] === undefined) continue;
    const key = textAt(item, mergeKey);
    if (key === '')
      throw badRequest(
        `map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`,
      );
    const index = merged.findIndex((one) => textAt(one, mergeKey) === key);
    const existing = merged[index];
    if (directive === 'delete') {
      if (index !== -1) merged.splice(index, 1);
    } else if (isObject(existing)) {
      merged[index] = mergeMap(existing, item, typeName);
    } else {
      merged.push(mergeMap({}, item, typeName));
    }
  }
  return merged;
}

function elementType(type: TypeExpression | undefined): string | undefined {
  if (type === undefined || type.is === 'scalar') return undefined;
  return type.is === 'reference' ? type.type : elementType(type.of);
}

function without(list: Json | undefined, removed: Json | undefined): Json {
  const values = isList(removed) ? removed : [];
  return isList(list) ? list.filter((value) => !values.includes(value)) : [];
}

function withoutDirectives(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !key.startsWith('$')));
}
