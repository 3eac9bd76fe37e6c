/** SPDY header blocks: names and values, compressed with one zlib stream per direction. */
import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib';
import { dictionary } from './dictionary.ts';
import { SpdyError } from './frames.ts';

/** Lower-case names; several values of a name stand behind one another with a NUL between. */
export type SpdyHeaders = Readonly<Record<string, string>>;

export interface HeaderCodec {
  /** Blocks must be decoded in the order in which they came. */
  decode(block: Buffer): Promise<SpdyHeaders>;
  encode(headers: SpdyHeaders): Promise<Buffer>;
  close(): void;
}

/** Far more than the few headers of a stream need. */
const longestBlock = 64 * 1024;

export function createHeaderCodec(): HeaderCodec {
  const options = { dictionary, chunkSize: 4096 };
  const inflate = createInflate({ ...options, finishFlush: constants.Z_SYNC_FLUSH });
  const deflate = createDeflate({
    ...options,
    flush: constants.Z_SYNC_FLUSH,
    // Header blocks are small: a small window spares memory.
    windowBits: 11,
    memLevel: 2,
  });
  // What is wrong behind a block that was refused is nobody's concern any more.
  for (const codec of [inflate, deflate]) codec.on('error', () => undefined);
  return {
    decode: async (block) => readBlock(await pass(inflate, block)),
    encode: (headers) => pass(deflate, writeBlock(headers)),
    close: () => {
      inflate.close();
      deflate.close();
    },
  };
}

/** What comes out for these bytes. */
async function pass(codec: Inflate | Deflate, bytes: Buffer): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let size = 0;
  const onData = (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > longestBlock) reject(new SpdyError('a header block is too long'));
  };
  const onError = (error: Error) => reject(new SpdyError(error.message, { cause: error }));
  codec.on('data', onData);
  codec.once('error', onError);
  // Whatever these bytes give has been emitted when the write is done.
  codec.write(bytes, () => setImmediate(() => resolve(Buffer.concat(chunks))));
  try {
    return await promise;
  } finally {
    codec.off('data', onData);
    codec.off('error', onError);
  }
}

function readBlock(block: Buffer): SpdyHeaders {
  let at = 0;
  const number = () => {
    if (at + 4 > block.length) throw new SpdyError('a header block ends too soon');
    at += 4;
    return block.readUInt32BE(at - 4);
  };
  const text = () => {
    const length = number();
    if (at + length > block.length) throw new SpdyError('a header block ends too soon');
    at += length;
    return block.toString('utf8', at - length, at);
  };
  const count = number();
  const headers: Record<string, string> = {};
  for (let index = 0; index < count; index += 1) {
    const name = text().toLowerCase();
    headers[name] = text();
  }
  return headers;
}

function writeBlock(headers: SpdyHeaders): Buffer {
  const entries = Object.entries(headers);
  const parts = [numberBytes(entries.length)];
  for (const text of entries.flat()) {
    const bytes = Buffer.from(text);
    parts.push(numberBytes(bytes.length), bytes);
  }
  return Buffer.concat(parts);
}

function numberBytes(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
