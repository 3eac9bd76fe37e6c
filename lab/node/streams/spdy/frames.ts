/** SPDY/3.1 frames as bytes: those that Kubernetes' clients send and understand. */

export const frameTypes = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const;

export const finFlag = 1;

/** Why a stream is reset. */
export const resetStatus = { protocolError: 1, invalidStream: 2, refused: 3, cancel: 5 } as const;

export type Frame =
  | {
      readonly kind: 'data';
      readonly streamId: number;
      readonly flags: number;
      readonly payload: Buffer;
    }
  | {
      readonly kind: 'control';
      readonly type: number;
      readonly flags: number;
      readonly payload: Buffer;
    };

/** More than any client of ours writes at once: whoever sends more is no such client. */
export const longestPayload = 1024 * 1024;

export class SpdyError extends Error {
  override readonly name = 'SpdyError';
}

const headBytes = 8;
const version = 3;

export function encodeData(streamId: number, payload: Buffer, flags = 0): Buffer {
  const head = Buffer.allocUnsafe(headBytes);
  head.writeUInt32BE(streamId & 0x7fffffff, 0);
  head.writeUInt32BE((flags << 24) | payload.length, 4);
  return payload.length === 0 ? head : Buffer.concat([head, payload]);
}

export function encodeControl(type: number, payload: Buffer, flags = 0): Buffer {
  const head = Buffer.allocUnsafe(headBytes);
  head.writeUInt16BE(0x8000 | version, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt32BE(((flags << 24) | payload.length) >>> 0, 4);
  return Buffer.concat([head, payload]);
}

/** Cuts bytes into frames; what is not yet whole waits. */
export function createFrameReader(): (chunk: Buffer) => Generator<Frame, void> {
  let waiting: Buffer[] = [];
  let size = 0;
  return function* read(chunk) {
    waiting.push(chunk);
    size += chunk.length;
    if (size < headBytes) return;
    let bytes = waiting.length === 1 ? chunk : Buffer.concat(waiting, size);
    while (bytes.length >= headBytes) {
      const length = bytes.readUInt32BE(4) & 0xffffff;
      if (length > longestPayload) throw new SpdyError(`a frame of ${length} bytes is too long`);
      if (bytes.length < headBytes + length) break;
      yield decode(bytes, length);
      bytes = bytes.subarray(headBytes + length);
    }
    waiting = bytes.length === 0 ? [] : [bytes];
    size = bytes.length;
  };
}

function decode(bytes: Buffer, length: number): Frame {
  const payload = bytes.subarray(headBytes, headBytes + length);
  const first = bytes.readUInt32BE(0);
  const flags = bytes.readUInt8(4);
  if (first < 0x80000000) return { kind: 'data', streamId: first, flags, payload };
  const spoken = (first >>> 16) & 0x7fff;
  if (spoken !== version) throw new SpdyError(`SPDY version ${spoken} is not spoken here`);
  return { kind: 'control', type: first & 0xffff, flags, payload };
}
