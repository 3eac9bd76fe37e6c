import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import {
  constants,
  createGunzip,
  createGzip,
  deflateRawSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateRawSync,
  inflateSync,
} from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createPageRewriter } from './encodings.ts';

const url = (link: string) => `/p${link}`;
const short = 'short body test';
const long = 'long body test'.repeat(4097);

describe('TestRewriteResponse', () => {
  it.each([
    ['short', 'gzip', short],
    ['long', 'gzip', long],
    ['short', 'deflate', short],
    ['long', 'deflate', long],
  ])('%s body, %s', async (_, encoding, body) => {
    const [pack, unpack] =
      encoding === 'gzip' ? [gzipSync, gunzipSync] : [deflateRawSync, inflateRawSync];
    const page = await rewrite(encoding, pack(body));
    expect(unpack(page).toString()).toBe(body);
  });
});

describe('the rewriter of compressed pages', () => {
  it.each([
    ['no', '', (page: Buffer) => page, (page: Buffer) => page],
    ['gzip', 'GZIP ', gzipSync, gunzipSync],
    ['raw deflate', 'deflate', deflateRawSync, inflateRawSync],
    ['deflate in zlib’s format', 'deflate', deflateSync, inflateSync],
  ] as const)(
    'rewrites with %s compression, byte by byte too',
    async (_, encoding, pack, unpack) => {
      const packed = pack(Buffer.from('<a href="/x">é</a>'));
      for (const size of [1, packed.length]) {
        const page = await rewrite(encoding, packed, size);
        expect(unpack(page).toString()).toBe('<a href="/p/x">é</a>');
      }
    },
  );

  it.each(['br', 'zstd', 'gzip, br', 'constructor'])('leaves %s alone', (encoding) => {
    expect(createPageRewriter(encoding, url)).toBeNull();
  });

  it('passes on at once what was flushed', async () => {
    const source = createGzip();
    const rewriter = createPageRewriter('gzip', url);
    if (!rewriter) throw new Error('gzip is not rewritten');
    const unpacked = source.pipe(rewriter).pipe(createGunzip()).setEncoding('utf8');
    for (const [text, expected] of [
      ['<a href="/x">one', '<a href="/p/x">one'],
      [' two<b', ' two'],
      ['>three', '<b>three'],
    ] as const) {
      source.write(text);
      source.flush(constants.Z_SYNC_FLUSH);
      expect(await once(unpacked, 'data')).toEqual([expected]);
    }
    source.end();
    await once(unpacked, 'end');
  });

  it.each([
    ['that is broken', 'gzip', Buffer.from('no gzip at all')],
    ['that is cut', 'gzip', gzipSync(long).subarray(0, -20)],
    ['that is cut', 'deflate', deflateRawSync(long).subarray(0, -20)],
  ])('fails with a page %s (%s)', async (_, encoding, page) => {
    await expect(rewrite(encoding, page)).rejects.toThrow();
  });

  it('lets go of its source when its reader goes', async () => {
    const source = new Readable({ read: () => undefined });
    const rewriter = createPageRewriter('gzip', url);
    if (!rewriter) throw new Error('gzip is not rewritten');
    const ended = pipeline(source, rewriter);
    source.push(gzipSync('a'));
    await once(rewriter, 'readable');
    rewriter.destroy();
    await expect(ended).rejects.toThrow();
    expect(source.destroyed).toBe(true);
  });
});

async function rewrite(encoding: string, page: Buffer, chunkBytes = page.length): Promise<Buffer> {
  const rewriter = createPageRewriter(encoding, url);
  if (!rewriter) throw new Error(`${encoding} is not rewritten`);
  const chunks = Array.from({ length: Math.ceil(page.length / chunkBytes) }, (_, index) =>
    page.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  );
  const [result] = await Promise.all([buffer(rewriter), pipeline(chunks, rewriter)]);
  return result;
}
