/**
 * Sets of fields, and their form on the wire (`FieldsV1`). A path is a text: its elements as FieldsV1
 * writes them (`f:name`, `k:{"name":"web"}`, `v:"a"`), each followed by a separator, so that a prefix of
 * the text is an ancestor (https://github.com/kubernetes-sigs/structured-merge-diff).
 */
import type { Json, JsonObject } from '../../../proxies/kit/api/json.ts';
import { isObject } from '../api-object.ts';

export type FieldPath = string;
export type FieldSet = ReadonlySet<FieldPath>;

const separator = '\0';

export function descend(path: FieldPath, element: string): FieldPath {
  return `${path}${element}${separator}`;
}

export function elementsOf(path: FieldPath): readonly string[] {
  return path.split(separator).slice(0, -1);
}

/** The fields of a set as a managed fields entry has them. */
export function toFieldsV1(fields: FieldSet): JsonObject {
  const root: Record<string, Tree> = {};
  for (const path of [...fields].sort()) {
    let here = root;
    const elements = elementsOf(path);
    for (const element of elements) here = here[element] ??= {};
    here['.'] = {};
  }
  return trim(root);
}

interface Tree {
  [element: string]: Tree;
}

/** A field without fields below it is written without its own mark. */
function trim(tree: Tree): JsonObject {
  const entries = Object.entries(tree);
  if (entries.length === 1 && entries[0]?.[0] === '.') return {};
  return Object.fromEntries(entries.map(([element, below]) => [element, trim(below)]));
}

/** Reads FieldsV1; what is no such thing is an empty set. */
export function fromFieldsV1(fields: Json | undefined): FieldSet {
  const found = new Set<FieldPath>();
  const read = (tree: Json | undefined, path: FieldPath): void => {
    if (!isObject(tree)) return;
    const elements = Object.entries(tree);
    if (elements.length === 0 && path !== '') found.add(path);
    for (const [element, below] of elements) {
      if (element === '.') found.add(path);
      else read(below, descend(path, element));
    }
  };
  read(fields, '');
  return found;
}

/** @example printPath('f:spec\0f:ports\0k:{"port":80}\0f:nodePort\0') // '.spec.ports[port=80].nodePort' */
export function printPath(path: FieldPath): string {
  return elementsOf(path).map(printElement).join('');
}

function printElement(element: string): string {
  const value = element.slice(2);
  if (element.startsWith('f:')) return `.${value}`;
  if (element.startsWith('v:')) return `[=${value}]`;
  const keys: unknown = JSON.parse(value);
  const parts = Object.entries(typeof keys === 'object' && keys !== null ? keys : {});
  return `[${parts.map(([key, one]) => `${key}=${JSON.stringify(one)}`).join(',')}]`;
}
