/** Writes `.br` and `.gz` beside every built file that gets smaller by it. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const compressible = /\.(html|css|js|mjs|json|svg|xml|txt|webmanifest|pagefind)$/;
/** Smaller files fit into one packet anyway. */
const minBytes = 512;

const encoders = {
  '.br': (body: Buffer) =>
    promisify(brotliCompress)(body, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
      },
    }),
  '.gz': (body: Buffer) => promisify(gzip)(body, { level: 9 }),
} as const;

/** Resolves with the number of files of the site, compressed or not. */
export async function precompress(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name));
  await Promise.all(paths.filter((path) => compressible.test(path)).map(compress));
  return paths.length;
}

async function compress(path: string): Promise<void> {
  const body = await readFile(path);
  if (body.length < minBytes) return;
  await Promise.all(
    Object.entries(encoders).map(async ([suffix, encode]) => {
      const compressed = await encode(body);
      if (compressed.length < body.length * 0.95) await writeFile(path + suffix, compressed);
    }),
  );
}
