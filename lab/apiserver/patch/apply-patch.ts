/** Patches by their media types. */
import { isObject, type Json, type JsonObject } from '../api-object.ts';
import { inspectJson } from '../json-text.ts';
import { badRequest, unsupportedMediaType } from '../status.ts';
import { jsonPatch } from './json-patch.ts';
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
    const text = bytes.toString();
    const patch = JSON.parse(text) as Json;
    if (inspectJson(text).isTooDeep) throw new Error('exceeded max depth');
    return patch;
  } catch (error) {
    throw badRequest(`error decoding patch: ${error instanceof Error ? error.message : ''}`);
  }
}

function demandObject(patch: Json): JsonObject {
  if (!isObject(patch)) {
    throw badRequest(
      'error decoding patch: json: cannot unmarshal it into Go value of type map[string]interface {}',
    );
  }
  return patch;
}
