/** The page rewriter around the encodings in which pages come: what was compressed goes out compressed. */
import { Duplex, pipeline, type Transform } from 'node:stream';
import type { HtmlRewriter } from './html.ts';

type Bytes = AsyncIterable<Uint8Array>;
type Coding = (page: Bytes, rewrite: (page: Bytes) => Bytes) => Bytes;

const codings: Readonly<Record<string, Coding>> = {
  '': (page, rewrite) => rewrite(page),
  gzip: recodeGzip,
  deflate: recodeDeflate,
};

/**
 * A stream from the page as it came to the page as it goes out. Whatever is flushed in comes out at once.
 * An error in the stream destroys it. Loads its parser with the first bytes.
 *
 * @param contentEncoding the header's value, empty for none.
 * @returns null for an encoding that is not rewritten: the page passes as it is.
 */
export function createPageRewriter(
  contentEncoding: string,
  url: (value: string) => string,
): Duplex | null {
  const name = contentEncoding.trim().toLowerCase();
  const coding = Object.hasOwn(codings, name) ? codings[name] : undefined;
  if (!coding) return null;
  return Duplex.from(async function* (page: Bytes) {
    const { createHtmlRewriter } = await import('./html.ts');
    yield* coding(page, (plain) => rewritePage(plain, createHtmlRewriter(url)));
  });
}

async function* rewritePage(page: Bytes, rewriter: HtmlRewriter): Bytes {
  for await (const chunk of page) {
    const bytes = rewriter.push(chunk);
    if (bytes.length > 0) yield bytes;
  }
  const rest = rewriter.end();
  if (rest.length > 0) yield rest;
}

async function* recodeGzip(page: Bytes, rewrite: (page: Bytes) => Bytes): Bytes {
  const { createGunzip, createGzip, constants } = await import('node:zlib');
  const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
  yield* through(rewrite(through(page, createGunzip())), gzip);
}

/** `deflate` is zlib's format by RFC 9110, and raw for some servers and for upstream: what came is kept. */
async function* recodeDeflate(page: Bytes, rewrite: (page: Bytes) => Bytes): Bytes {
  const zlib = await import('node:zlib');
  const chunks = page[Symbol.asyncIterator]();
  let begin = Buffer.alloc(0);
  while (begin.length < 2) {
    const next = await chunks.next();
    if (next.done) break;
    begin = Buffer.concat([begin, next.value]);
  }
  const [inflate, deflate] = hasZlibHeader(begin)
    ? [zlib.createInflate(), zlib.createDeflate({ flush: zlib.constants.Z_SYNC_FLUSH })]
    : [zlib.createInflateRaw(), zlib.createDeflateRaw({ flush: zlib.constants.Z_SYNC_FLUSH })];
  yield* through(rewrite(through(resume(begin, chunks), inflate)), deflate);
}

/** RFC 1950, section 2.2: the method is 8, and both bytes as a number are a multiple of 31. */
function hasZlibHeader(begin: Buffer): boolean {
  return begin.length >= 2 && (begin.readUInt8(0) & 0x0f) === 8 && begin.readUInt16BE(0) % 31 === 0;
}

async function* resume(begin: Buffer, rest: AsyncIterator<Uint8Array>): Bytes {
  if (begin.length > 0) yield begin;
  yield* { [Symbol.asyncIterator]: () => rest };
}

async function* through(page: Bytes, stream: Transform): Bytes {
  // Its end, and its error, come out of the stream.
  pipeline(page, stream, () => undefined);
  for await (const chunk of stream) yield chunk as Buffer;
}
