/** Walks an object by its type: what its fields are for server-side apply, and what stands in them. */
import type { Json, JsonObject } from '../../../proxies/kit/api/json.ts';
import { isList, isObject } from '../api-object.ts';
import { isAtomicMap, isAtomicType, listTypeOf, type ListType } from '../openapi/topology.ts';
import type { TypeExpression } from '../schema/declare.ts';
import { typeNamed } from '../schema/types.ts';
import { badRequest } from '../status.ts';
import { descend, printPath, type FieldPath } from './field-set.ts';

/** How a value is taken apart. */
export type Shape =
  | { readonly is: 'leaf' }
  | { readonly is: 'map'; shapeOf(key: string): Shape; isDeclared(key: string): boolean }
  | { readonly is: 'list'; readonly type: ListType; readonly item: Shape };

const leaf: Shape = { is: 'leaf' };

/** A value of no declared type: maps by their keys, everything else as a whole. */
const undeclared: Shape = { is: 'map', shapeOf: () => undeclared, isDeclared: () => false };

/** The shape of the values of a declared type. */
export function shapeOfType(typeName: string): Shape {
  const type = typeNamed(typeName);
  return {
    is: 'map',
    isDeclared: (key) => type.fields.has(key),
    shapeOf: (key) => {
      const field = type.fields.get(key);
      if (!field) return undeclared;
      if (isAtomicMap(type, field)) return leaf;
      if (field.type.is !== 'list') return shapeOfExpression(field.type);
      const listType = listTypeOf(type, field);
      if (listType.type === 'atomic') return leaf;
      return { is: 'list', type: listType, item: shapeOfExpression(field.type.of) };
    },
  };
}

function shapeOfExpression(type: TypeExpression): Shape {
  switch (type.is) {
    case 'reference':
      return isAtomicType(type.type) ? leaf : shapeOfType(type.type);
    case 'map':
      return { is: 'map', isDeclared: () => false, shapeOf: () => shapeOfExpression(type.of) };
    case 'list':
      return leaf;
    case 'scalar':
      return type.scalar === 'any' ? undeclared : leaf;
  }
}

/** The element of a path that tells an item of a list from the others. */
export function itemElement(type: ListType, item: Json, path: FieldPath): string {
  if (type.type !== 'map') return `v:${JSON.stringify(item)}`;
  const keys = type.keys.map((key) => {
    const value = isObject(item) ? (item[key] ?? type.defaults[key]) : undefined;
    if (value === undefined) {
      throw badRequest(
        `${printPath(path)}: element 0: associative list with keys has an element that omits key field "${key}" (and doesn't have default value)`,
      );
    }
    return [key, value] as const;
  });
  return `k:${JSON.stringify(Object.fromEntries(keys.sort(([one], [other]) => (one < other ? -1 : 1))))}`;
}

/** The items of a list by their elements. */
export function itemsOf(type: ListType, list: Json | undefined, path: FieldPath) {
  const items = new Map<string, Json>();
  for (const item of isList(list) ? list : []) {
    const element = itemElement(type, item, path);
    if (items.has(element)) {
      throw badRequest(
        `${printPath(path)}: duplicate entries for key ${printPath(descend('', element))}`,
      );
    }
    items.set(element, item);
  }
  return items;
}

/**
 * The fields of a value, each with what it holds as JSON: scalars, atomic lists and maps, items of lists,
 * and keys of maps that no type declares. Items and maps that are only there hold nothing.
 */
export function fieldsOf(typeName: string, object: JsonObject): ReadonlyMap<FieldPath, string> {
  const fields = new Map<FieldPath, string>();
  const walk = (shape: Shape, value: Json, path: FieldPath): void => {
    if (shape.is === 'list') {
      for (const [element, item] of itemsOf(shape.type, value, path)) {
        const below = descend(path, element);
        walk(shape.item, item, below);
        fields.set(below, fields.get(below) ?? '');
      }
    } else if (shape.is === 'map' && isObject(value)) {
      for (const [key, inner] of Object.entries(value)) {
        if (inner === undefined) continue;
        const below = descend(path, `f:${key}`);
        walk(shape.shapeOf(key), inner, below);
        const isEmpty = isObject(inner) && Object.keys(inner).length === 0;
        if (isEmpty || !shape.isDeclared(key)) fields.set(below, fields.get(below) ?? '');
      }
    } else {
      fields.set(path, JSON.stringify(value));
    }
  };
  walk(shapeOfType(typeName), object, '');
  for (const path of fields.keys()) if (unmanaged.has(path)) fields.delete(path);
  return fields;
}

/** What nobody manages: it identifies the object, or is the server's. */
const unmanaged: ReadonlySet<FieldPath> = new Set([
  ...['apiVersion', 'kind', 'metadata'].map((name) => descend('', `f:${name}`)),
  ...[
    'creationTimestamp',
    'deletionGracePeriodSeconds',
    'deletionTimestamp',
    'generation',
    'managedFields',
    'name',
    'namespace',
    'resourceVersion',
    'selfLink',
    'uid',
  ].map((name) => descend(descend('', 'f:metadata'), `f:${name}`)),
]);
