/**
 * Static files as Go's `http.FileServer` serves them: `index.html`, listings, ranges, conditional
 * requests, any method (specification 1.4). Symbolic links may not leave the directory (1.10).
 */
import { constants } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { join, posix, sep } from 'node:path';
import type { HeaderLine } from '../kit/upstream.ts';
import { encodeUtf8, escapePath, escapeReference } from '../kit/http/request-target.ts';
import { checkConditions, isNotModifiedSince } from './static-conditions.ts';
import { listDirectory } from './static-listing.ts';
import { multipartBody, parseRange, RangeError, type ByteRange } from './static-ranges.ts';
import { contentTypeOf } from './static-types.ts';

export interface StaticRequest {
  readonly method: string;
  readonly headers: readonly HeaderLine[];
  /** With its question mark; redirects keep it. */
  readonly query?: string;
}

export interface StaticResponse {
  readonly status: number;
  /** With Content-Length wherever there may be a body; without Date. */
  readonly headers: readonly HeaderLine[];
  /**
   * As long as Content-Length says, unless the file shrinks meanwhile. A file is opened when it is
   * iterated and closed when the iteration ends, so a body that nobody reads costs nothing. Null for
   * HEAD and 304.
   */
  readonly body: AsyncIterable<Buffer> | Buffer | null;
}

/** One regular file, as it was when the request came. */
export interface StaticFile {
  /** Resolved. */
  readonly path: string;
  /** As it was asked for: its ending says the type. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly modified: Date;
}

/**
 * @param root The directory of `--www`, absolute.
 * @param path Decoded, below the prefix, with a slash in front.
 * @returns an answer in every case: what cannot be read is 403, 404 or 500.
 */
export async function serveFile(
  root: string,
  path: string,
  request: StaticRequest,
): Promise<StaticResponse> {
  const response = await answer(root, path, request).catch(failed);
  return request.method === 'HEAD' ? { ...response, body: null } : response;
}

async function answer(root: string, path: string, request: StaticRequest): Promise<StaticResponse> {
  if (path.endsWith('/index.html')) return redirect('./', request);
  const name = posix.normalize(path).replace(/(?<=.)\/$/, '');
  const found = await locate(root, name);
  const base = posix.basename(path);

  if (!found.isDirectory && path.endsWith('/'))
    return base === '' || base === '.'
      ? errorResponse(500, 'http: attempting to traverse a non-directory')
      : redirect(`../${escapePath(encodeUtf8(base))}`, request);
  if (!found.isDirectory) return serveContent(found, request);
  if (!path.endsWith('/')) return redirect(`${escapeReference(base)}/`, request);

  const index = await locate(root, posix.join(name, 'index.html')).catch(() => null);
  if (index && !index.isDirectory) return serveContent(index, request);
  return serveListing(found, request);
}

interface Found extends StaticFile {
  readonly isDirectory: boolean;
}

class NotServed extends Error {}

/** @throws NotServed for what lies outside of the directory, and for devices, pipes and sockets. */
async function locate(root: string, name: string): Promise<Found> {
  if (name.includes('\0')) throw new NotServed();
  const named = name === '/' ? root : join(root, name);
  const [directory, path] = await Promise.all([realpath(root), realpath(named)]);
  if (path !== directory && !path.startsWith(directory.endsWith(sep) ? directory : directory + sep))
    throw new NotServed();
  const stats = await stat(path);
  if (!stats.isFile() && !stats.isDirectory()) throw new NotServed();
  return {
    path,
    name,
    sizeBytes: stats.size,
    modified: new Date(Math.floor(stats.mtimeMs / 1000) * 1000),
    isDirectory: stats.isDirectory(),
  };
}

async function serveContent(file: StaticFile, request: StaticRequest): Promise<StaticResponse> {
  const { sizeBytes, modified } = file;
  const lastModified: HeaderLine = ['Last-Modified', modified.toUTCString()];
  const condition = checkConditions(request, modified);
  if (condition.status === 304) return { status: 304, headers: [lastModified], body: null };
  if (condition.status === 412)
    return { status: 412, headers: [lastModified, ['Content-Length', '0']], body: null };

  const type = await contentTypeOf(file.name, () => readStart(file));
  let ranges: readonly ByteRange[];
  try {
    ranges = parseRange(condition.range, sizeBytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const where: HeaderLine[] = error.isBeyond ? [['Content-Range', `bytes */${sizeBytes}`]] : [];
    return errorResponse(416, error.message, where);
  }

  const [first, second] = ranges;
  const headers: HeaderLine[] = [['Accept-Ranges', 'bytes'], lastModified];
  if (!first) {
    headers.push(['Content-Length', String(sizeBytes)], ['Content-Type', type]);
    return { status: 200, headers, body: readRange(file, { start: 0, length: sizeBytes }) };
  }
  if (!second) {
    const { start, length } = first;
    headers.push(
      ['Content-Length', String(length)],
      ['Content-Range', `bytes ${start}-${start + length - 1}/${sizeBytes}`],
      ['Content-Type', type],
    );
    return { status: 206, headers, body: readRange(file, first) };
  }
  const multipart = multipartBody(ranges, type, sizeBytes, (range) => readRange(file, range));
  headers.push(
    ['Content-Length', String(multipart.sizeBytes)],
    ['Content-Type', `multipart/byteranges; boundary=${multipart.boundary}`],
  );
  return { status: 206, headers, body: multipart.body };
}

async function serveListing(directory: Found, request: StaticRequest): Promise<StaticResponse> {
  const { modified } = directory;
  if (isNotModifiedSince(request, modified)) return { status: 304, headers: [], body: null };
  const body = Buffer.from(await listDirectory(directory.path));
  const headers: HeaderLine[] = [
    ['Content-Type', 'text/html; charset=utf-8'],
    ['Last-Modified', modified.toUTCString()],
    ['Content-Length', String(body.length)],
  ];
  return { status: 200, headers, body };
}

const chunkBytes = 65_536;
/** The path has been resolved: a link that took its place since then is not followed. */
const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

async function* readRange({ path }: StaticFile, { start, length }: ByteRange) {
  await using handle = await open(path, openFlags);
  for (let position = start; position < start + length;) {
    const size = Math.min(chunkBytes, start + length - position);
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(size), 0, size, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function readStart({ path }: StaticFile): Promise<Buffer> {
  await using handle = await open(path, openFlags);
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(512), 0, 512, 0);
  return buffer.subarray(0, bytesRead);
}

/**
 * 301, relative, so that it works below any prefix. Upstream sends the name as it is; escaped, it
 * cannot become a scheme, a query or a header.
 */
function redirect(location: string, { query = '' }: StaticRequest): StaticResponse {
  const target = location + (query === '?' ? '' : query);
  return {
    status: 301,
    headers: [
      ['Location', target],
      ['Content-Length', '0'],
    ],
    body: null,
  };
}

function errorResponse(
  status: number,
  text: string,
  more: readonly HeaderLine[] = [],
): StaticResponse {
  const body = Buffer.from(`${text}\n`);
  const headers: HeaderLine[] = [
    ...more,
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['X-Content-Type-Options', 'nosniff'],
    ['Content-Length', String(body.length)],
  ];
  return { status, headers, body };
}

const missing = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG']);
const forbidden = new Set(['EACCES', 'EPERM']);

function failed(error: unknown): StaticResponse {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (error instanceof NotServed || missing.has(code))
    return errorResponse(404, '404 page not found');
  return forbidden.has(code)
    ? errorResponse(403, '403 Forbidden')
    : errorResponse(500, '500 Internal Server Error');
}
