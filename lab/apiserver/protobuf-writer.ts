/** Writes the wire format of protobuf. What is empty, false or zero is left out, as in version 3. */
import { Buffer } from 'node:buffer';

const lengthDelimited = 2;

/** A message from its fields. */
export function message(...fields: readonly Buffer[]): Buffer {
  return Buffer.concat(fields);
}

export function writeText(number: number, text: string): Buffer {
  return text === '' ? Buffer.alloc(0) : writeBytes(number, Buffer.from(text));
}

export function writeBoolean(number: number, value: boolean): Buffer {
  return value ? Buffer.concat([varint(number * 8), varint(1)]) : Buffer.alloc(0);
}

/** A message or bytes; these are written even where they are empty. */
export function writeBytes(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + lengthDelimited), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}
