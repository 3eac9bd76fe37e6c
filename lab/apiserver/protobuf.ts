/**
 * Kubernetes' protobuf, as far as kubectl insists on it: it sends its reviews so, and takes JSON back.
 * Everything else is refused as an unsupported media type, which clients expect.
 */
import { Buffer } from 'node:buffer';
import { isObject, type Json, type JsonObject } from './api-object.ts';
import { badRequest, unsupportedMediaType } from './status.ts';

export const protobufType = 'application/vnd.kubernetes.protobuf';

/** Fields by their numbers; a nested message where there is one, else text. Others are skipped. */
type Message = Readonly<Record<number, readonly [name: string, message?: Message]>>;

const resourceAttributes: Message = {
  1: ['namespace'],
  2: ['verb'],
  3: ['group'],
  4: ['version'],
  5: ['resource'],
  6: ['subresource'],
  7: ['name'],
};

/** From the `.proto` files of `k8s.io/api`. */
const messages: Readonly<Record<string, Message>> = {
  'authentication.k8s.io/v1 SelfSubjectReview': {},
  'authorization.k8s.io/v1 SelfSubjectAccessReview': {
    2: [
      'spec',
      {
        1: ['resourceAttributes', resourceAttributes],
        2: ['nonResourceAttributes', { 1: ['path'], 2: ['verb'] }],
      },
    ],
  },
};

/** `runtime.Unknown`: the type of an object, and its bytes. */
const envelope: Message = { 1: ['typeMeta', { 1: ['apiVersion'], 2: ['kind'] }], 2: ['raw'] };
const magic = Buffer.from('k8s\0');

/**
 * Decodes an object.
 *
 * @throws StatusError 400 when it is malformed, 415 when it is of a type that only JSON is taken for.
 */
export function decodeProtobuf(bytes: Buffer): JsonObject {
  if (!bytes.subarray(0, magic.length).equals(magic)) {
    throw badRequest('the object provided is unrecognized: it does not start with k8s\\x00');
  }
  const fields = readMessage(bytes.subarray(magic.length), envelope);
  const { typeMeta, raw } = fields;
  if (!isObject(typeMeta)) throw badRequest('the object provided has no type');
  const { apiVersion = '', kind = '' } = typeMeta;
  const message = messages[`${String(apiVersion)} ${String(kind)}`];
  if (!message) throw unsupportedMediaType(['application/json', 'application/yaml']);
  const body = Buffer.from(typeof raw === 'string' ? raw : '', 'latin1');
  return { apiVersion, kind, ...readMessage(body, message) };
}

const lengthDelimited = 2;
const fixedSizes: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

function readMessage(bytes: Buffer, message: Message): JsonObject {
  const found: [string, Json][] = [];
  let offset = 0;

  const readVarint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 63; shift += 7) {
      const byte = bytes[offset];
      if (byte === undefined) break;
      offset += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw badRequest('the object provided is unrecognized: proto: unexpected EOF');
  };

  while (offset < bytes.length) {
    const tag = readVarint();
    const wireType = tag & 7;
    const length =
      wireType === lengthDelimited
        ? readVarint()
        : wireType === 0
          ? (readVarint(), 0)
          : fixedSizes[wireType];
    if (length === undefined || offset + length > bytes.length) {
      throw badRequest('the object provided is unrecognized: proto: illegal wireType or length');
    }
    const value = bytes.subarray(offset, offset + length);
    offset += length;
    const [name, nested] = message[tag >>> 3] ?? [];
    if (name === undefined || wireType !== lengthDelimited) continue;
    found.push([name, nested ? readMessage(value, nested) : textOf(name, value)]);
  }
  return Object.fromEntries(found);
}

/** The raw bytes of an envelope stay bytes, one character each. */
function textOf(name: string, value: Buffer): string {
  return value.toString(name === 'raw' ? 'latin1' : 'utf8');
}
