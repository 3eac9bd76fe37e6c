/** Putting an applied configuration into an object, and taking out what is applied no longer. */
import type { Json, JsonObject } from '../../../proxies/kit/api/json.ts';
import { isList, isObject } from '../api-object.ts';
import { descend, type FieldPath, type FieldSet } from './field-set.ts';
import { itemsOf, itemElement, shapeOfType, type Shape } from './typed-value.ts';

/** The live object with the configuration's fields in it. */
export function mergeApplied(typeName: string, live: JsonObject, applied: JsonObject): JsonObject {
  const merged = merge(shapeOfType(typeName), live, applied, '');
  return isObject(merged) ? merged : applied;
}

function merge(shape: Shape, live: Json | undefined, applied: Json, path: FieldPath): Json {
  if (live === undefined || live === null || shape.is === 'leaf') return applied;
  if (shape.is === 'map') {
    if (!isObject(live) || !isObject(applied)) return applied;
    const merged = new Map(Object.entries(live));
    for (const [key, value] of Object.entries(applied)) {
      if (value === undefined) continue;
      merged.set(key, merge(shape.shapeOf(key), live[key], value, descend(path, `f:${key}`)));
    }
    return Object.fromEntries(merged);
  }
  if (!isList(live) || !isList(applied)) return applied;
  return mergeLists(shape, live, applied, path);
}

/** The applied items in their order; those of others stay behind the items that they followed. */
function mergeLists(
  shape: Shape & { readonly is: 'list' },
  live: readonly Json[],
  applied: readonly Json[],
  path: FieldPath,
): Json {
  const liveItems = [...itemsOf(shape.type, live, path)];
  const appliedItems = itemsOf(shape.type, applied, path);
  const merged: Json[] = [];
  let next = 0;
  const takeOthersUpTo = (end: number): void => {
    for (; next < end; next += 1) {
      const [element, item] = liveItems[next] ?? ['', null];
      if (!appliedItems.has(element)) merged.push(item);
    }
  };
  for (const [element, item] of appliedItems) {
    const index = liveItems.findIndex(([one]) => one === element);
    if (index >= next) takeOthersUpTo(index);
    const existing = liveItems[index]?.[1];
    merged.push(merge(shape.item, existing, item, descend(path, element)));
  }
  takeOthersUpTo(liveItems.length);
  return merged;
}

/** The object without these fields, and without what is empty for it. */
export function removeFields(typeName: string, object: JsonObject, removed: FieldSet): JsonObject {
  const pruned = prune(shapeOfType(typeName), object, '', removed);
  return isObject(pruned) ? pruned : {};
}

function prune(shape: Shape, value: Json, path: FieldPath, removed: FieldSet): Json | undefined {
  if (removed.has(path)) return undefined;
  if (shape.is === 'map' && isObject(value)) {
    const kept = Object.entries(value).flatMap(([key, inner]) => {
      if (inner === undefined) return [];
      const left = prune(shape.shapeOf(key), inner, descend(path, `f:${key}`), removed);
      return left === undefined ? [] : [[key, left] as const];
    });
    const isEmptied = kept.length === 0 && Object.keys(value).length > 0;
    return isEmptied ? undefined : Object.fromEntries(kept);
  }
  if (shape.is === 'list' && isList(value)) {
    const kept = value.flatMap((item) => {
      const element = itemElement(shape.type, item, path);
      const left = prune(shape.item, item, descend(path, element), removed);
      return left === undefined ? [] : [left];
    });
    return kept.length === 0 && value.length > 0 ? undefined : kept;
  }
  return value;
}
