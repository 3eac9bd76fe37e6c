/** The built site in memory: exactly the files that were built, so no request can reach another. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { lookup } from 'mrmime';

export type Encoding = 'identity' | 'gzip' | 'br';

export interface Representation {
  readonly body: Buffer;
  /** Strong, of these bytes. */
  readonly etag: string;
}

export interface BuiltFile {
  readonly contentType: string;
  readonly cacheControl: string;
  readonly representations: ReadonlyMap<Encoding, Representation>;
}

/** Files by URL path, such as `/en/index.html`. */
export type BuiltSite = ReadonlyMap<string, BuiltFile>;

const suffixes = { '.gz': 'gzip', '.br': 'br' } as const satisfies Record<string, Encoding>;

/** Addresses that change when their content does: Astro's assets, Pagefind's fragments and indexes. */
const hashedAddress = /^\/(_astro|pagefind\/(fragment|index))\//;

/** Reads a build directory. Rejects with ENOENT where there is none. */
export async function loadSite(directory: string): Promise<BuiltSite> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name));
  const bodies = new Map(
    await Promise.all(
      paths.map(
        async (path) =>
          [`/${relative(directory, path).split(sep).join('/')}`, await readFile(path)] as const,
      ),
    ),
  );
  const site = new Map<string, BuiltFile>();
  for (const [path, body] of bodies) {
    if (isCompressed(path, bodies)) continue;
    site.set(path, describe(path, body, bodies));
  }
  return site;
}

function isCompressed(path: string, bodies: ReadonlyMap<string, Buffer>): boolean {
  return Object.keys(suffixes).some((end) => path.endsWith(end) && bodies.has(path.slice(0, -3)));
}

function describe(path: string, body: Buffer, bodies: ReadonlyMap<string, Buffer>): BuiltFile {
  const representations = new Map<Encoding, Representation>([['identity', represent(body)]]);
  for (const [suffix, encoding] of Object.entries(suffixes)) {
    const compressed = bodies.get(path + suffix);
    if (compressed) representations.set(encoding, represent(compressed));
  }
  return {
    contentType: contentTypeOf(path),
    cacheControl: hashedAddress.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
    representations,
  };
}

function represent(body: Buffer): Representation {
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  return { body, etag: `"${hash}"` };
}

function contentTypeOf(path: string): string {
  const type = lookup(path) ?? 'application/octet-stream';
  return /^text\/|json$|javascript$|xml$|svg/.test(type) ? `${type}; charset=utf-8` : type;
}
