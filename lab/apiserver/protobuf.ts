/**
 * Kubernetes' protobuf, read by the declared types. Clients that prefer it send it with their writes
 * (kubectl does for `create` and its reviews) and take JSON back.
 */
import { Buffer } from 'node:buffer';
import type { Json, JsonObject } from '../../proxies/kit/api/json.ts';
import { isList, isObject } from './api-object.ts';
import { readFields, type WireValue } from './protobuf-wire.ts';
import { badRequest, unsupportedMediaType } from './status.ts';
import type { Field, Scalar, TypeDeclaration, TypeExpression } from './schema/declare.ts';
import { typeNamed } from './schema/types.ts';

export const protobufType = 'application/vnd.kubernetes.protobuf';

const magic = Buffer.from('k8s\0');

/**
 * Decodes an object of this type from its envelope (`runtime.Unknown`).
 *
 * @throws StatusError 400 when it is malformed, 415 when it holds what only JSON is taken for.
 */
export function decodeProtobuf(bytes: Buffer, typeName: string): JsonObject {
  if (!bytes.subarray(0, magic.length).equals(magic)) {
    throw badRequest('the object provided is unrecognized: it does not start with k8s\\x00');
  }
  const envelope = readFields(bytes.subarray(magic.length));
  const meta = readFields(bytesOf(envelope, 1));
  const object = readType(typeNamed(typeName), bytesOf(envelope, 2));
  return { apiVersion: bytesOf(meta, 1).toString(), kind: bytesOf(meta, 2).toString(), ...object };
}

function bytesOf(fields: readonly WireValue[], number: number): Buffer {
  const found = fields.find((field) => field.number === number)?.value;
  return Buffer.isBuffer(found) ? found : Buffer.alloc(0);
}

/** The fields of a type by their numbers; embedded messages nest. */
interface Numbering {
  readonly fields: Map<number, Field>;
  readonly embedded: Map<number, Numbering>;
}

const numberings = new WeakMap<TypeDeclaration, Numbering>();

function numberingOf(type: TypeDeclaration): Numbering {
  const earlier = numberings.get(type);
  if (earlier) return earlier;
  const numbering: Numbering = { fields: new Map(), embedded: new Map() };
  for (const field of type.fields.values()) {
    const [first, second] = field.wire;
    if (first === undefined) continue;
    if (second === undefined) {
      numbering.fields.set(first, field);
      continue;
    }
    const inner = numbering.embedded.get(first) ?? { fields: new Map(), embedded: new Map() };
    inner.fields.set(second, field);
    numbering.embedded.set(first, inner);
  }
  numberings.set(type, numbering);
  return numbering;
}

function readType(type: TypeDeclaration, bytes: Buffer): JsonObject {
  const object: Record<string, Json> = {};
  readInto(object, numberingOf(type), bytes);
  return object;
}

function readInto(
  object: Record<string, Json>,
  { fields, embedded }: Numbering,
  bytes: Buffer,
): void {
  for (const { number, value } of readFields(bytes)) {
    const inner = embedded.get(number);
    if (inner && Buffer.isBuffer(value)) {
      readInto(object, inner, value);
      continue;
    }
    const field = fields.get(number);
    if (!field) continue;
    const read = readValue(field.type, value, object[field.name]);
    // Go writes empty strings of required fields; as in JSON, they are left out.
    if (read !== '' && read !== null) object[field.name] = read;
  }
}

/** A value; lists and maps come one item at a time, and grow. */
function readValue(type: TypeExpression, value: Buffer | number, soFar: Json | undefined): Json {
  switch (type.is) {
    case 'reference':
      return readType(typeNamed(type.type), demandBytes(value));
    case 'list':
      return [...(isList(soFar) ? soFar : []), readValue(type.of, value, undefined)];
    case 'map': {
      const entry = readFields(demandBytes(value));
      const item = entry.find(({ number }) => number === 2)?.value ?? Buffer.alloc(0);
      const key = bytesOf(entry, 1).toString();
      return { ...(isObject(soFar) ? soFar : {}), [key]: readValue(type.of, item, undefined) };
    }
    case 'scalar':
      return readScalar[type.scalar](value);
  }
}

const readScalar: Readonly<Record<Scalar, (value: Buffer | number) => Json>> = {
  string: (value) => demandBytes(value).toString(),
  int: demandNumber,
  long: demandNumber,
  number: demandNumber,
  bool: (value) => demandNumber(value) !== 0,
  bytes: (value) => demandBytes(value).toString('base64'),
  quantity: (value) => bytesOf(readFields(demandBytes(value)), 1).toString(),
  intOrString: (value) => {
    const fields = readFields(demandBytes(value));
    const isText = fields.some(({ number, value: kind }) => number === 1 && kind === 1);
    const integer = fields.find(({ number }) => number === 2)?.value;
    return isText ? bytesOf(fields, 3).toString() : demandNumber(integer ?? 0);
  },
  time: readTime,
  microTime: readTime,
  any: () => {
    throw unsupportedMediaType(['application/json', 'application/yaml']);
  },
};

/** Seconds and nanoseconds; a message without either is Go's zero time, which JSON has as null. */
function readTime(value: Buffer | number): Json {
  const seconds = readFields(demandBytes(value)).find(({ number }) => number === 1)?.value;
  if (typeof seconds !== 'number') return null;
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

function demandBytes(value: Buffer | number): Buffer {
  if (Buffer.isBuffer(value)) return value;
  throw badRequest('the object provided is unrecognized: proto: wrong wireType');
}

function demandNumber(value: Buffer | number): number {
  if (typeof value === 'number') return value;
  throw badRequest('the object provided is unrecognized: proto: wrong wireType');
}
