/** Messages of netfilter's netlink family: a header, the family they are about, attributes. */
import { endianness } from 'node:os';
import { readNative, writeNative } from '../libc/libc.ts';

export interface NetlinkMessage {
  /** Subsystem in the upper byte, what is asked or told in the lower. */
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** Whose request it answers or tells about: the netlink port of a socket. */
  readonly port: number;
  readonly payload: Buffer;
}

/** By type, without the flags of nesting and byte order; the last of each. */
export type Attributes = ReadonlyMap<number, Buffer>;

const headerBytes = 16;
const netfilterHeaderBytes = 4;
const attributeHeaderBytes = 4;
const typeMask = 0x3fff;
const nested = 0x8000;

/** @throws Error when a length does not fit: nothing of it can be trusted */
export function splitMessages(bytes: Buffer): readonly NetlinkMessage[] {
  const messages: NetlinkMessage[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes.length - at >= headerBytes ? readNative(bytes, at, 4) : 0;
    if (length < headerBytes || at + length > bytes.length) {
      throw new Error(`netlink: a message of ${length} bytes in ${bytes.length - at}`);
    }
    messages.push({
      type: readNative(bytes, at + 4, 2),
      flags: readNative(bytes, at + 6, 2),
      sequence: readNative(bytes, at + 8, 4),
      port: readNative(bytes, at + 12, 4),
      payload: bytes.subarray(at + headerBytes, at + length),
    });
    at += align(length);
  }
  return messages;
}

/** @throws Error when the payload is not netfilter's */
export function readNetfilter(payload: Buffer): {
  readonly family: number;
  readonly attributes: Attributes;
} {
  if (payload.length < netfilterHeaderBytes) {
    throw new Error(`netlink: ${payload.length} bytes of netfilter's header`);
  }
  return {
    family: payload.readUInt8(0),
    attributes: readAttributes(payload.subarray(netfilterHeaderBytes)),
  };
}

/** @throws Error when a length does not fit */
export function readAttributes(bytes: Buffer): Attributes {
  const attributes = new Map<number, Buffer>();
  for (let at = 0; at < bytes.length;) {
    const length = bytes.length - at >= attributeHeaderBytes ? readNative(bytes, at, 2) : 0;
    if (length < attributeHeaderBytes || at + length > bytes.length) {
      throw new Error(`netlink: an attribute of ${length} bytes in ${bytes.length - at}`);
    }
    const value = bytes.subarray(at + attributeHeaderBytes, at + length);
    attributes.set(readNative(bytes, at + 2, 2) & typeMask, value);
    at += align(length);
  }
  return attributes;
}

export function writeMessage(message: {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly family: number;
  /** What it is about, for subsystems that number their things. */
  readonly resource?: number;
  readonly attributes: Buffer;
}): Buffer {
  const header = Buffer.alloc(headerBytes + netfilterHeaderBytes);
  writeNative(header, header.length + message.attributes.length, 0, 4);
  writeNative(header, message.type, 4, 2);
  writeNative(header, message.flags, 6, 2);
  writeNative(header, message.sequence, 8, 4);
  header.writeUInt8(message.family, headerBytes);
  header.writeUInt16BE(message.resource ?? 0, headerBytes + 2);
  return Buffer.concat([header, message.attributes]);
}

/** An attribute; of other attributes where several are given in a list. */
export function writeAttribute(type: number, value: Buffer | readonly Buffer[]): Buffer {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.concat(value);
  const attribute = Buffer.alloc(align(attributeHeaderBytes + bytes.length));
  writeNative(attribute, attributeHeaderBytes + bytes.length, 0, 2);
  writeNative(attribute, Buffer.isBuffer(value) ? type : type | nested, 2, 2);
  bytes.copy(attribute, attributeHeaderBytes);
  return attribute;
}

/** Of an error or the end of a list: 0, or the number of an error. */
export function readStatus({ payload }: NetlinkMessage): number {
  if (payload.length < 4) return 0;
  return -(endianness() === 'LE' ? payload.readInt32LE(0) : payload.readInt32BE(0));
}

function align(length: number): number {
  return (length + 3) & ~3;
}
