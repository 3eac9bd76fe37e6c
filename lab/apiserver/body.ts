/** Request bodies: read up to the limit, decoded by their media type, checked against the type. */
import { parse as parseYaml } from 'yaml';
import { isObject, textAt, type ApiObject, type Json, type JsonObject } from './api-object.ts';
import { headerOf, type HttpRequest, type HttpResponse } from './exchange.ts';
import { decodeProtobuf, protobufType } from './protobuf.ts';
import { apiVersionOf, type Resource } from './resource.ts';
import { conform } from './schema/conform.ts';
import { badRequest, tooLarge, unsupportedMediaType } from './status.ts';

/** Upstream's `MaxRequestBodyBytes`. */
const limitBytes = 3 * 1024 * 1024;

/** The body's bytes; what is too long is refused before it has all been read. */
export async function readBytes(request: HttpRequest): Promise<Buffer> {
  if (Number(headerOf(request, 'content-length')) > limitBytes) throw tooLarge(limitBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > limitBytes) throw tooLarge(limitBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function mediaTypeOf(request: HttpRequest): string {
  return (headerOf(request, 'content-type').split(';')[0] ?? '').trim().toLowerCase();
}

/** A body as it was sent: JSON, YAML or protobuf. */
export async function readBody(
  request: HttpRequest,
  { kind, schema }: Pick<Resource, 'kind' | 'schema'>,
  { isEmptyAllowed = false } = {},
): Promise<Json> {
  const mediaType = mediaTypeOf(request);
  if (mediaType === protobufType) return decodeProtobuf(await readBytes(request), schema);
  const isYaml = mediaType === 'application/yaml';
  if (!isYaml && mediaType !== '' && mediaType !== 'application/json') {
    throw unsupportedMediaType(['application/json', 'application/yaml']);
  }
  const text = (await readBytes(request)).toString();
  if (isEmptyAllowed && text === '') return null;
  try {
    return (isYaml ? parseYaml(text) : JSON.parse(text)) as Json;
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${cause}`,
    );
  }
}

/** What `fieldValidation` asks for unknown fields: refuse, warn (also where nothing is said), or nothing. */
type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** Reads an object of the resource from what a client sent. */
export function decodeObject(
  resource: Resource,
  sent: Json,
  query: URLSearchParams,
  response: HttpResponse,
): ApiObject {
  if (!isObject(sent)) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${resource.kind}): couldn't get version/kind`,
    );
  }
  checkKind(resource, sent);
  const { object, complaints, mismatch } = conform(resource.schema, sent);
  const inVersion = `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}`;
  if (mismatch !== undefined) throw badRequest(`${inVersion}: ${mismatch}`);
  const validation = readFieldValidation(query);
  if (complaints.length > 0 && validation === 'Strict') {
    throw badRequest(`${inVersion}: strict decoding error: ${complaints.join(', ')}`);
  }
  if (complaints.length > 0 && validation === 'Warn') {
    const warnings = complaints.map((complaint) => `299 - ${JSON.stringify(complaint)}`);
    response.setHeader('Warning', warnings.join(', '));
  }
  return withName(object);
}

/** An object always has metadata with a name, which is empty until the server makes one. */
function withName(object: JsonObject): ApiObject {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const name = typeof metadata.name === 'string' ? metadata.name : '';
  return { ...object, metadata: { ...metadata, name } };
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
  if (value === 'Strict' || value === 'Warn' || value === 'Ignore') return value;
  throw badRequest(
    `fieldValidation: Unsupported value: "${value}": supported values: "Ignore", "Strict", "Warn"`,
  );
}
