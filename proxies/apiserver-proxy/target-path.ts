/** The path at the target, and how the proxy calls it: as upstream joins, cleans and escapes them. */
import { encodeUtf8, escapePath } from '../kit/http/request-target.ts';
import type { ProxyCall } from './proxy-call.ts';

export interface TargetPath {
  /** Escaped, for the request line; at least `/`. */
  readonly path: string;
  /** `X-Forwarded-Uri`: the path as the client could have asked for it. */
  readonly forwardedUri: string;
}

/**
 * @example
 * targetPath({ prefix: '/api/v1/nodes/n/proxy', subpath: '/a//b/../c d/' })
 * // { path: '/a/c%20d/', forwardedUri: … }
 */
export function targetPath({ prefix, subpath }: Pick<ProxyCall, 'prefix' | 'subpath'>): TargetPath {
  const asked = encodeUtf8(subpath);
  const path = cleanKeepingSlash(asked);
  // Upstream takes the cleaned path off the end of the whole one: a path with `..` in it comes out odd
  // (recorded cases `path: dot segments`, `path: dot-dot past the proxy root`).
  const whole = encodeUtf8(prefix) + asked;
  const before = whole.endsWith(path) && asked !== '' ? whole.slice(0, -path.length) : whole;
  const escaped = escapePath(path);
  const forwarded = cleanPath(`${escapePath(before)}/${escaped}`);
  return {
    path: escaped,
    forwardedUri: path.endsWith('/') && forwarded !== '/' ? `${forwarded}/` : forwarded,
  };
}

function cleanKeepingSlash(path: string): string {
  const clean = cleanPath(path);
  return path.endsWith('/') && clean !== '/' ? `${clean}/` : clean;
}

/** Go's `path.Clean` of a path that begins at the root. */
function cleanPath(path: string): string {
  if (!mayBeUnclean.test(path)) return path === '' ? '/' : path;
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return `/${segments.join('/')}`;
}

const mayBeUnclean = /^[^/]|\/\.{0,2}(?=\/|$)/;
