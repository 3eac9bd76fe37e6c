/** Request bodies: read up to the limit, decoded by their media type, checked against the type. */
import type { Json, JsonObject } from '../../proxies/kit/api/json.ts';
import { isObject, textAt, type ApiObject } from './api-object.ts';
import {
  headerOf,
  type HttpRequest,
  type HttpResponse,
} from '../../proxies/kit/http/server-exchange.ts';
import { notSupported } from './field-errors.ts';
import { inspectJson } from './json-text.ts';
import { decodeProtobuf, protobufType } from './protobuf.ts';
import { apiVersionOf, type Resource } from './resource.ts';
import { conform } from './schema/conform.ts';
import { badRequest, invalid, tooLarge, unsupportedMediaType } from './status.ts';
import { warn } from './warnings.ts';

/** Upstream's `MaxRequestBodyBytes`. */
const limitBytes = 3 * 1024 * 1024;

/** What objects are taken in; patches have their own. */
const acceptedTypes = ['application/json', 'application/yaml', protobufType];

/** The body's bytes; what is too long is refused before it has all been read. */
export async function readBytes(request: HttpRequest): Promise<Buffer> {
  if (Number(headerOf(request, 'content-length')) > limitBytes) throw tooLarge(limitBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      if (!Buffer.isBuffer(chunk)) continue;
      size += chunk.length;
      if (size > limitBytes) break;
      chunks.push(chunk);
    }
  } catch {
    // The client went away, or its body is not as long as it said.
    throw badRequest('unexpected EOF');
  }
  if (size > limitBytes) throw tooLarge(limitBytes);
  return Buffer.concat(chunks);
}

export function mediaTypeOf(request: HttpRequest): string {
  return (headerOf(request, 'content-type').split(';')[0] ?? '').trim().toLowerCase();
}

/** A body as it was sent, with what strict decoding complains of beyond unknown fields. */
export interface ReadBody {
  readonly value: Json;
  readonly duplicates: readonly string[];
}

const duplicatesOf = new WeakMap<JsonObject, readonly string[]>();

/** A body as it was sent: JSON, YAML or protobuf. */
export async function readBody(
  request: HttpRequest,
  { kind, schema }: Pick<Resource, 'kind' | 'schema'>,
  { isEmptyAllowed = false } = {},
): Promise<Json> {
  const mediaType = mediaTypeOf(request);
  if (mediaType !== '' && !acceptedTypes.includes(mediaType)) {
    throw unsupportedMediaType(acceptedTypes);
  }
  const bytes = await readBytes(request);
  if (isEmptyAllowed && bytes.length === 0) return null;
  if (mediaType === protobufType) return decodeProtobuf(bytes, schema);
  try {
    const text = bytes.toString();
    const { value, duplicates } =
      mediaType === 'application/yaml' ? await readYaml(text) : readJson(text);
    if (isObject(value)) duplicatesOf.set(value, duplicates);
    return value;
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${cause}`,
    );
  }
}

/** A configuration to apply, in YAML or JSON. */
export async function readApplied(request: HttpRequest): Promise<Json> {
  const text = (await readBytes(request)).toString();
  try {
    const { value, duplicates } = await readYaml(text);
    if (isObject(value)) duplicatesOf.set(value, duplicates);
    return value;
  } catch (error) {
    throw badRequest(`error decoding YAML: ${error instanceof Error ? error.message : ''}`);
  }
}

/** The parser is loaded when somebody sends YAML: most of kubectl's commands send JSON. */
async function readYaml(text: string): Promise<ReadBody> {
  const { parseYaml } = await import('./yaml-text.ts');
  return parseYaml(text);
}

function readJson(text: string): ReadBody {
  const value = JSON.parse(text) as Json;
  const { isTooDeep, duplicates } = inspectJson(text);
  if (isTooDeep) throw new Error('exceeded max depth');
  return { value, duplicates: duplicates.map((path) => `duplicate field "${path}"`) };
}

/** What `fieldValidation` asks for unknown fields: refuse, warn (also where nothing is said), or nothing. */
const fieldValidations = ['Ignore', 'Strict', 'Warn'] as const;
type FieldValidation = (typeof fieldValidations)[number];

/** Reads an object of the resource from what a client sent. */
export function decodeObject(
  resource: Resource,
  sent: Json,
  query: URLSearchParams,
  response: HttpResponse,
): ApiObject {
  const validation = readFieldValidation(query);
  if (!isObject(sent)) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${resource.kind}): couldn't get version/kind`,
    );
  }
  checkKind(resource, sent);
  const { object, complaints: unknown, mismatch } = conform(resource.schema, sent);
  const inVersion = `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}`;
  if (mismatch !== undefined) throw badRequest(`${inVersion}: ${mismatch}`);
  const complaints = [...(duplicatesOf.get(sent) ?? []), ...unknown];
  if (complaints.length > 0 && validation === 'Strict') {
    throw badRequest(`${inVersion}: strict decoding error: ${complaints.join(', ')}`);
  }
  if (validation === 'Warn') warn(response, complaints);
  return withName(object);
}

/**
 * An object always has metadata with a name, which is empty until the server makes one. What Go cannot
 * tell from absent is absent: empty texts, and the version 0.
 */
function withName(object: JsonObject): ApiObject {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const name = typeof metadata.name === 'string' ? metadata.name : '';
  const given = Object.entries(metadata).filter(
    ([field, value]) => value !== '' && !(field === 'resourceVersion' && value === '0'),
  );
  return { ...object, metadata: { ...Object.fromEntries(given), name } };
}

function checkKind(resource: Resource, sent: JsonObject): void {
  const expected = apiVersionOf(resource);
  const apiVersion = textAt(sent, 'apiVersion') || expected;
  const kind = textAt(sent, 'kind') || resource.kind;
  if (apiVersion !== expected) {
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`,
    );
  }
  if (kind !== resource.kind) {
    throw badRequest(
      `${kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: no kind "${kind}" is registered for version "${expected}"`,
    );
  }
}

function readFieldValidation(query: URLSearchParams): FieldValidation {
  const value = query.get('fieldValidation') ?? '';
  if (value === '') return 'Warn';
  const known = fieldValidations.find((one) => one === value);
  if (known) return known;
  throw invalid({ group: 'meta.k8s.io', kind: 'CreateOptions' }, '', [
    notSupported('fieldValidation', value, fieldValidations),
  ]);
}
