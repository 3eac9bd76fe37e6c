/** JSON patch (RFC 6902), within upstream's limits and within the object. */
import { applyPatch, type Operation } from 'rfc6902';
import type { Json, JsonObject } from '../../../proxies/kit/api/json.ts';
import { isList, isObject } from '../api-object.ts';
import { badRequest, StatusError } from '../status.ts';

/** Upstream's `maxJSONPatchOperations`, and its limit for what copies add together. */
const mostOperations = 10_000;
const mostCopiedCharacters = 3 * 1024 * 1024;

/** @throws StatusError 400, 413, or 422 where an operation cannot be done. */
export function jsonPatch(target: JsonObject, patch: Json): Json {
  if (!isList(patch) || !patch.every(isOperation)) {
    throw badRequest(
      'error decoding patch: json: cannot unmarshal it into Go value of type jsonpatch.Patch',
    );
  }
  if (patch.length > mostOperations) {
    const message = `Request entity too large: The allowed maximum operations in a JSON patch is ${mostOperations}, got ${patch.length}`;
    throw new StatusError(413, 'RequestEntityTooLarge', message);
  }
  const result = structuredClone(target);
  let copied = 0;
  const isDone = patch.every((operation) => {
    if (operation.op === 'copy') copied += sizeOf(result, operation.from);
    return copied <= mostCopiedCharacters && isWithin(result, operation) && run(result, operation);
  });
  if (isDone) return result;
  const message = 'the server rejected our request due to an error in our request';
  throw new StatusError(422, 'Invalid', message, {});
}

/** A pointer that is none is thrown, and a test that fails is given back. */
function run(target: JsonObject, operation: PatchOperation): boolean {
  try {
    // The operation is checked above, and copied: a patch may be applied more than once.
    const [error] = applyPatch(target, [structuredClone(operation) as unknown as Operation]);
    return error === null;
  } catch {
    return false;
  }
}

type PatchOperation = JsonObject & { readonly op: string; readonly path: string };

/** Which of its pointers must lead to something that is there. */
const pointersToValues: ReadonlyMap<unknown, readonly ('path' | 'from')[]> = new Map([
  ['add', []],
  ['remove', ['path']],
  ['replace', ['path']],
  ['test', ['path']],
  ['move', ['from']],
  ['copy', ['from']],
]);

function isOperation(value: Json): value is PatchOperation {
  return isObject(value) && pointersToValues.has(value.op) && typeof value.path === 'string';
}

/** Never by way of a prototype, which the whole process shares. */
function isWithin(target: Json, operation: PatchOperation): boolean {
  const steps = stepsOf(operation.path);
  if (steps.at(-1) === '__proto__' || valueAt(target, steps.slice(0, -1)) === undefined)
    return false;
  const pointers = pointersToValues.get(operation.op) ?? [];
  return pointers.every((field) => valueAt(target, stepsOf(operation[field])) !== undefined);
}

function sizeOf(target: Json, pointer: Json | undefined): number {
  const value = valueAt(target, stepsOf(pointer));
  return value === undefined ? 0 : JSON.stringify(value).length;
}

function stepsOf(pointer: Json | undefined): readonly string[] {
  if (typeof pointer !== 'string') return [];
  const [, ...steps] = pointer.split('/');
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** What the library itself walks past. */
const unsafe = new Set(['__proto__', 'constructor', 'prototype']);

function valueAt(target: Json, steps: readonly string[]): Json | undefined {
  let here: Json | undefined = target;
  for (const [index, step] of steps.entries()) {
    if (unsafe.has(step) && index < steps.length - 1) return undefined;
    if (isList(here)) here = /^(0|[1-9]\d*)$/.test(step) ? here[Number(step)] : undefined;
    else here = isObject(here) && Object.hasOwn(here, step) ? here[step] : undefined;
    if (here === undefined) return undefined;
  }
  return here;
}
