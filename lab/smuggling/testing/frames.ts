/** An HTTP/2 client that sends what it is told: frames by hand, headers as literals of HPACK. */
import { once } from 'node:events';
import { connect } from 'node:tls';

export interface SentFrames {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
  /** The stream is left open behind the body, and reset after this. */
  readonly resetAfter?: Promise<unknown>;
}

export interface FrameAnswer {
  /** Undefined where no headers came. */
  readonly status: number | undefined;
  readonly isReset: boolean;
}

const frame = { data: 0, headers: 1, resetStream: 3, settings: 4, goAway: 7 } as const;
const flag = { endStream: 1, endHeaders: 4, ack: 1 } as const;

/** Sends one request on a connection of its own; resolves when the stream has ended in one way or another. */
export async function sendFrames(
  { port, ca }: { readonly port: number; readonly ca: string },
  { headers, body, resetAfter }: SentFrames,
): Promise<FrameAnswer> {
  const socket = connect({ host: '127.0.0.1', port, ca, ALPNProtocols: ['h2'] });
  await once(socket, 'secureConnect');
  socket.on('error', () => undefined);
  const isWhole = body === undefined;
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  socket.write(encode(frame.settings, 0, 0, Buffer.alloc(0)));
  const block = Buffer.concat(headers.map(literal));
  const end = isWhole ? flag.endStream : 0;
  socket.write(encode(frame.headers, flag.endHeaders | end, 1, block));
  if (body !== undefined) {
    socket.write(
      encode(frame.data, resetAfter ? 0 : flag.endStream, 1, Buffer.from(body, 'latin1')),
    );
  }
  let status: number | undefined;
  let wasReset = false;
  let pending = Buffer.alloc(0);
  let isOver = false;
  if (resetAfter) {
    await resetAfter;
    socket.write(encode(frame.resetStream, 0, 1, Buffer.from([0, 0, 0, 8])));
    socket.end();
    wasReset = true;
  }
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 9 && pending.length >= 9 + pending.readUIntBE(0, 3)) {
      const length = pending.readUIntBE(0, 3);
      const [type, flags] = [pending.readUInt8(3), pending.readUInt8(4)];
      const payload = pending.subarray(9, 9 + length);
      pending = pending.subarray(9 + length);
      if (type === frame.headers) status ??= statusOf(payload);
      if (type === frame.resetStream || type === frame.goAway) wasReset = true;
      const isEnd = type === frame.data || type === frame.headers ? flags & flag.endStream : 0;
      if (isEnd !== 0 || wasReset) isOver = true;
    }
    if (isOver) socket.destroy();
  });
  await once(socket, 'close');
  return { status, isReset: wasReset || status === undefined };
}

function encode(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** RFC 7541, section 6.2.2: neither indexed nor compressed. */
function literal([name, value]: readonly [string, string]): Buffer {
  return Buffer.concat([Buffer.from([0]), text(name), text(value)]);
}

/** UTF-8, behind its length. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const rest = [];
  let left = bytes.length - 127;
  for (; left >= 128; left >>= 7) rest.push((left & 127) | 128);
  return Buffer.concat([Buffer.from([127, ...rest, left]), bytes]);
}

/** `:status` comes first: from the static table, or as digits, maybe in Huffman's code. */
function statusOf(block: Buffer): number {
  const known: Readonly<Record<number, number>> = {
    0x88: 200,
    0x89: 204,
    0x8a: 206,
    0x8b: 304,
    0x8c: 400,
    0x8d: 404,
    0x8e: 500,
  };
  // A table size update may stand before it.
  const first = block.findIndex((byte) => (byte & 0xe0) !== 0x20);
  const indexed = known[block[first] ?? 0];
  if (indexed !== undefined) return indexed;
  const length = (block[first + 1] ?? 0) & 0x7f;
  const isHuffman = ((block[first + 1] ?? 0) & 0x80) !== 0;
  const bytes = block.subarray(first + 2, first + 2 + length);
  return Number(isHuffman ? digits(bytes) : bytes.toString('latin1'));
}

/** RFC 7541, appendix B: the digits have codes of five or six bits. */
function digits(bytes: Buffer): string {
  let bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  let read = '';
  while (read.length < 3) {
    const short = Number.parseInt(bits.slice(0, 5), 2);
    if (short < 3) {
      read += String(short);
      bits = bits.slice(5);
    } else {
      read += String(Number.parseInt(bits.slice(0, 6), 2) - 0x19 + 3);
      bits = bits.slice(6);
    }
  }
  return read;
}
