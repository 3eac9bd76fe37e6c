/** Patches by their media types. */
import type { Json, JsonObject } from '../../../proxies/kit/api/json.ts';
import { isObject } from '../api-object.ts';
import { inspectJson } from '../json-text.ts';
import { badRequest, unsupportedMediaType } from '../status.ts';
import { mergePatch } from './merge-patch.ts';
import { strategicMergePatch } from './strategic-merge-patch.ts';

type Patcher = (target: JsonObject, patch: Json, typeName: string) => Json;

const patchers: Readonly<Record<string, Patcher>> = {
  'application/merge-patch+json': (target, patch) => mergePatch(target, demandObject(patch)),
  'application/strategic-merge-patch+json': (target, patch, typeName) =>
    strategicMergePatch(target, demandObject(patch), typeName),
};

/** Its library is loaded by whoever sends the first. */
const jsonPatchType = 'application/json-patch+json';

/**
 * The patcher of a media type.
 *
 * @throws StatusError 415 for another.
 */
export async function patcherOf(mediaType: string): Promise<Patcher> {
  if (mediaType === jsonPatchType) return (await import('./json-patch.ts')).jsonPatch;
  const patcher = Object.hasOwn(patchers, mediaType) ? patchers[mediaType] : undefined;
  if (patcher) return patcher;
  const types = [jsonPatchType, ...Object.keys(patchers), 'application/apply-patch+yaml'];
  throw unsupportedMediaType(types);
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
