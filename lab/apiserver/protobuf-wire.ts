/** The wire format of protobuf: numbered fields, each a number or bytes. */
import { badRequest } from './status.ts';

export interface WireValue {
  readonly number: number;
  readonly value: Buffer | number;
}

const varint = 0;
const lengthDelimited = 2;

/** How many bytes the wire types of fixed size have. */
const fixedSizes: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

/**
 * The fields of a message, in order; those of a fixed size are left out, Kubernetes has none.
 *
 * @throws StatusError 400 when it ends in the middle of a field, or a wire type is unknown.
 */
export function readFields(bytes: Buffer): readonly WireValue[] {
  const fields: WireValue[] = [];
  let offset = 0;

  const readVarint = (): number => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[offset];
      if (byte === undefined) break;
      offset += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(BigInt.asIntN(64, value));
    }
    throw malformed();
  };

  while (offset < bytes.length) {
    const tag = readVarint();
    const number = tag >>> 3;
    const wireType = tag & 7;
    if (wireType === varint) {
      fields.push({ number, value: readVarint() });
      continue;
    }
    const length = wireType === lengthDelimited ? readVarint() : fixedSizes[wireType];
    if (length === undefined || length < 0 || offset + length > bytes.length) throw malformed();
    const value = bytes.subarray(offset, offset + length);
    offset += length;
    if (wireType === lengthDelimited) fields.push({ number, value });
  }
  return fields;
}

function malformed() {
  return badRequest('the object provided is unrecognized: proto: unexpected EOF');
}
