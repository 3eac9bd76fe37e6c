/** Patches by their media types. */
import { applyPatch, type Operation } from 'rfc6902';
import { isList, isObject, type Json, type JsonObject } from '../api-object.ts';
import { badRequest, StatusError, unsupportedMediaType } from '../status.ts';
import { mergePatch } from './merge-patch.ts';
import { strategicMergePatch } from './strategic-merge-patch.ts';

type Patcher = (target: JsonObject, patch: Json, typeName: string) => Json;

const patchers: Readonly<Record<string, Patcher>> = {
  'application/json-patch+json': jsonPatch,
  'application/merge-patch+json': (target, patch) => mergePatch(target, demandObject(patch)),
  'application/strategic-merge-patch+json': (target, patch, typeName) =>
    strategicMergePatch(target, demandObject(patch), typeName),
};

/**
 * The patcher of a media type.
 *
 * @throws StatusError 415 for another.
 */
export function patcherOf(mediaType: string): Patcher {
  const patcher = Object.hasOwn(patchers, mediaType) ? patchers[mediaType] : undefined;
  if (!patcher)
    throw unsupportedMediaType([...Object.keys(patchers), 'application/apply-patch+yaml']);
  return patcher;
}

/** A patch as it was sent. */
export function parsePatch(bytes: Buffer): Json {
  try {
    return JSON.parse(bytes.toString()) as Json;
  } catch (error) {
    throw badRequest(`error decoding patch: ${error instanceof Error ? error.message : ''}`);
  }
}

function jsonPatch(target: JsonObject, patch: Json): Json {
  if (!isList(patch) || !patch.every(isOperation)) {
    throw badRequest(
      'error decoding patch: json: cannot unmarshal it into Go value of type jsonpatch.Patch',
    );
  }
  const result = structuredClone(target);
  const isDone = tryOperations(result, structuredClone(patch) as unknown as Operation[]);
  if (isDone) return result;
  const message = 'the server rejected our request due to an error in our request';
  throw new StatusError(422, 'Invalid', message, {});
}

/** A pointer that is none is thrown, and a test that fails is given back. */
function tryOperations(target: JsonObject, operations: Operation[]): boolean {
  try {
    return applyPatch(target, operations).every((error) => error === null);
  } catch {
    return false;
  }
}

const operations: ReadonlySet<unknown> = new Set([
  'add',
  'remove',
  'replace',
  'move',
  'copy',
  'test',
]);

function isOperation(value: Json): boolean {
  return isObject(value) && operations.has(value.op) && typeof value.path === 'string';
}

function demandObject(patch: Json): JsonObject {
  if (!isObject(patch)) {
    throw badRequest(
      'error decoding patch: json: cannot unmarshal it into Go value of type map[string]interface {}',
    );
  }
  return patch;
}
