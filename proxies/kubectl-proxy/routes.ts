/**
 * Where a request goes: to the apiserver, to the static files, or back with an answer of our own.
 * Go's `ServeMux` and kubectl's prefix stripping (specification 1.4, 1.10), on the raw request target.
 */
import { posix } from 'node:path';
import { escapeHtml } from './escape-html.ts';
import {
  areInConflict,
  compareSpecificity,
  isBelow,
  isExactly,
  parsePrefix,
  type Prefix,
} from './prefix.ts';
import {
  decodeUtf8,
  escapePath,
  parseRequestTarget,
  spellPath,
  type RequestTarget,
} from '../kit/http/request-target.ts';

export interface RouteOptions {
  readonly apiPrefix: string;
  /** Null where no static files are served. */
  readonly wwwPrefix: string | null;
}

export interface RoutedRequest {
  readonly method: string;
  /** The request target as it came, one character per byte. */
  readonly target: string;
  /** The Host header. */
  readonly host: string;
}

export type Route =
  | {
      readonly kind: 'api';
      /** Decoded and stripped: what the filter judges. */
      readonly path: string;
      /** The host the filter judges: the target's own, or else the header's. */
      readonly host: string;
      /** What is sent upstream, before any path of the server is put in front. */
      readonly target: string;
    }
  | {
      readonly kind: 'files';
      /** Decoded and below the prefix; begins with a slash. */
      readonly path: string;
      /** With its question mark, or empty. */
      readonly query: string;
    }
  | {
      /** 301, whatever the method. */
      readonly kind: 'redirect';
      readonly location: string;
      /** The page that goes with it in an answer to GET; null for other methods. */
      readonly page: string | null;
    }
  | { readonly kind: 'not-found' }
  /** `OPTIONS *`: 200 with an empty body. */
  | { readonly kind: 'options' }
  /**
   * `malformed-target`: what Go answers before any handler runs, without Date, and closes.
   * `asterisk`: an empty 400 with `Connection: close`.
   */
  | { readonly kind: 'bad-request'; readonly reason: 'malformed-target' | 'asterisk' };

export interface Routes {
  match(request: RoutedRequest): Route;
}

/**
 * @throws Error for prefixes that upstream panics on: a bad one, or two that cannot be told apart.
 *
 * @example
 * createRoutes({ apiPrefix: '/custom/', wwwPrefix: null })
 *   .match({ method: 'GET', target: '/custom/api/v1?limit=1', host: 'localhost' })
 * // { kind: 'api', path: '/api/v1', host: 'localhost', target: '/api/v1?limit=1' }
 */
export function createRoutes({ apiPrefix, wwwPrefix }: RouteOptions): Routes {
  const api = parsePrefix('api-prefix', apiPrefix);
  const www = wwwPrefix === null ? null : parsePrefix('www-prefix', wwwPrefix);
  if (www && areInConflict(api, www))
    throw new Error(
      `--www-prefix "${www.text}" and --api-prefix "${api.text}" match the same requests: choose two that differ`,
    );
  const prefixes = (www ? [api, www] : [api]).sort(compareSpecificity);
  const find = (escapedPath: string) => prefixes.find((prefix) => isBelow(prefix, escapedPath));

  return {
    match({ method, target, host }) {
      if (target === '*')
        return method === 'OPTIONS'
          ? { kind: 'options' }
          : { kind: 'bad-request', reason: 'asterisk' };
      const parsed = parseRequestTarget(method, target);
      if (!parsed) return { kind: 'bad-request', reason: 'malformed-target' };

      const escapedPath = spellPath(parsed.path, parsed.rawPath);
      const cleaned = method === 'CONNECT' ? escapedPath : cleanPath(escapedPath);
      if (!cleaned.endsWith('/')) {
        const withSlash = find(`${cleaned}/`);
        if (withSlash && isExactly(withSlash, `${cleaned}/`))
          return redirect(method, `${cleanPath(parsed.path)}/`, parsed.query);
      }
      // Upstream escapes the escaped path once more here, and so do we.
      if (cleaned !== escapedPath) return redirect(method, cleaned, parsed.query);

      const prefix = find(cleaned);
      if (prefix === api) return routeToApi(api, parsed, host);
      if (prefix) return routeToFiles(prefix, parsed);
      return { kind: 'not-found' };
    },
  };
}

function routeToApi(prefix: Prefix, parsed: RequestTarget, hostHeader: string): Route {
  const path = stripPrefix(prefix, parsed.path);
  if (path === null) return { kind: 'not-found' };
  return {
    kind: 'api',
    path: decodeUtf8(path),
    host: decodeUtf8(parsed.authority ?? hostHeader),
    target: (spellPath(path, parsed.rawPath) || '/') + parsed.query,
  };
}

/** A prefix that begins with `/api` stays; any other goes, and an empty rest stays empty. */
function stripPrefix({ text }: Prefix, path: string): string | null {
  if (text.startsWith('/api')) return path;
  if (!path.startsWith(text)) return null;
  const rest = path.slice(text.length);
  return rest === '' || rest.startsWith('/') ? rest : `/${rest}`;
}

function routeToFiles({ text }: Prefix, { path, rawPath, query }: RequestTarget): Route {
  // The prefix must be spelled as in the flag, unless the whole path has its canonical spelling.
  const isSpelledAlike = rawPath === escapePath(path) || rawPath.startsWith(text);
  if (!path.startsWith(text) || !isSpelledAlike) return { kind: 'not-found' };
  const rest = decodeUtf8(path.slice(text.length));
  return { kind: 'files', path: rest.startsWith('/') ? rest : `/${rest}`, query };
}

/** Go's `cleanPath`: no empty, `.` or `..` segment; a slash at the end stays. */
function cleanPath(path: string): string {
  if (path === '') return '/';
  return posix.normalize(path.startsWith('/') ? path : `/${path}`);
}

function redirect(method: string, path: string, query: string): Route {
  // Two slashes would name another host.
  const url = posix.normalize(escapePath(path)) + (query === '?' ? '' : query);
  return {
    kind: 'redirect',
    location: url.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`),
    page: method === 'GET' ? `<a href="${escapeHtml(url)}">Moved Permanently</a>.\n\n` : null,
  };
}
