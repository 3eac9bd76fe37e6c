/** SCTP packets on the wire (RFC 9260, section 3): a common header with a checksum, and chunks. */
import { crc32c } from './crc32c.ts';

export interface Chunk {
  readonly type: number;
  readonly flags: number;
  readonly value: Buffer;
}

export interface Packet {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly verificationTag: number;
  readonly chunks: readonly Chunk[];
}

export const chunkTypes = {
  data: 0,
  init: 1,
  initAck: 2,
  sack: 3,
  heartbeat: 4,
  heartbeatAck: 5,
  abort: 6,
  shutdown: 7,
  shutdownAck: 8,
  error: 9,
  cookieEcho: 10,
  cookieAck: 11,
  shutdownComplete: 14,
} as const;

const headerBytes = 12;
const checksumAt = 8;

export function encodePacket(packet: Packet): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt16BE(packet.sourcePort, 0);
  header.writeUInt16BE(packet.destinationPort, 2);
  header.writeUInt32BE(packet.verificationTag, 4);
  const bytes = Buffer.concat([header, ...packet.chunks.map(encodeChunk)]);
  bytes.writeUInt32LE(crc32c(bytes), checksumAt);
  return bytes;
}

/** Undefined for what has another checksum, or lengths that cannot be. */
export function decodePacket(bytes: Buffer): Packet | undefined {
  if (bytes.length < headerBytes) return undefined;
  const zeroed = Buffer.from(bytes);
  zeroed.writeUInt32LE(0, checksumAt);
  if (crc32c(zeroed) !== bytes.readUInt32LE(checksumAt)) return undefined;
  const chunks = decodeTlvs(
    bytes.subarray(headerBytes),
    (type) => [type >>> 8, type & 0xff] as const,
  );
  return (
    chunks && {
      sourcePort: bytes.readUInt16BE(0),
      destinationPort: bytes.readUInt16BE(2),
      verificationTag: bytes.readUInt32BE(4),
      chunks: chunks.map(({ type: [type, flags], value }) => ({ type, flags, value })),
    }
  );
}

export function chunk(type: number, value: Buffer = Buffer.alloc(0), flags = 0): Chunk {
  return { type, flags, value };
}

/** What INIT and INIT ACK say. */
export interface Init {
  readonly tag: number;
  readonly windowBytes: number;
  readonly outboundStreams: number;
  readonly inboundStreams: number;
  readonly tsn: number;
  /** The state cookie, in an INIT ACK. */
  readonly cookie?: Buffer;
}

const initBytes = 16;
const cookieParameter = 7;

export function encodeInit(init: Init): Buffer {
  const fixed = Buffer.alloc(initBytes);
  fixed.writeUInt32BE(init.tag, 0);
  fixed.writeUInt32BE(init.windowBytes, 4);
  fixed.writeUInt16BE(init.outboundStreams, 8);
  fixed.writeUInt16BE(init.inboundStreams, 10);
  fixed.writeUInt32BE(init.tsn, 12);
  return init.cookie ? Buffer.concat([fixed, tlv(cookieParameter, init.cookie)]) : fixed;
}

export function decodeInit(value: Buffer): Init | undefined {
  if (value.length < initBytes) return undefined;
  const parameters = decodeTlvs(value.subarray(initBytes), (type) => type);
  const cookie = parameters?.find(({ type }) => type === cookieParameter)?.value;
  return {
    tag: value.readUInt32BE(0),
    windowBytes: value.readUInt32BE(4),
    outboundStreams: value.readUInt16BE(8),
    inboundStreams: value.readUInt16BE(10),
    tsn: value.readUInt32BE(12),
    ...(cookie && { cookie }),
  };
}

function encodeChunk({ type, flags, value }: Chunk): Buffer {
  return tlv((type << 8) | flags, value);
}

/** Type and length, 16 bits each, and a value filled up to 32 bits. */
function tlv(type: number, value: Buffer): Buffer {
  const length = 4 + value.length;
  const bytes = Buffer.alloc(padded(length));
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(length, 2);
  value.copy(bytes, 4);
  return bytes;
}

function decodeTlvs<T>(
  bytes: Buffer,
  typeOf: (type: number) => T,
): readonly { readonly type: T; readonly value: Buffer }[] | undefined {
  const found: { type: T; value: Buffer }[] = [];
  for (let at = 0; at < bytes.length;) {
    if (bytes.length - at < 4) return undefined;
    const length = bytes.readUInt16BE(at + 2);
    if (length < 4 || at + length > bytes.length) return undefined;
    const value = bytes.subarray(at + 4, at + length);
    found.push({ type: typeOf(bytes.readUInt16BE(at)), value });
    at += padded(length);
  }
  return found;
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
