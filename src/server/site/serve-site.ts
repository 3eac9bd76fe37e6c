/** Answers GET and HEAD from the built site. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import Negotiator from 'negotiator';
import { sourceLocale } from '../../i18n/locales.ts';
import { pagePolicy } from '../security-headers.ts';
import { localeOfPath, preferredLocale } from '../language.ts';
import type { BuiltFile, BuiltSite, Encoding } from './built-site.ts';

/** Sends the page, the redirect, or the 404 page in the reader's language. */
export function serveSite(
  site: BuiltSite,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD', 'Content-Length': 0 }).end();
    return;
  }
  const [rawPath, query] = splitOnce(request.url ?? '/', '?');
  const path = decode(rawPath);
  if (path === '/') {
    serveChoice(site, request, response);
    return;
  }

  const file = path?.endsWith('/') ? site.get(`${path}index.html`) : site.get(path ?? '');
  const isErrorPage = /\/404(\/|\.html)?$/.test(path ?? '');
  if (path === null || isErrorPage) {
    serveNotFound(site, path ?? '/', request, response);
    return;
  }
  if (file && !path.endsWith('/index.html')) {
    sendFile(file, 200, request, response);
    return;
  }

  const canonical = path.endsWith('/index.html') ? path.slice(0, -10) : `${path}/`;
  if (!path.endsWith('/') && site.has(`${canonical}index.html`)) {
    redirect(response, 301, encodeURI(canonical) + (query === undefined ? '' : `?${query}`));
    return;
  }
  serveNotFound(site, path, request, response);
}

/** `/` sends readers to their language; who comes from within, or matches none, may choose. */
function serveChoice(site: BuiltSite, request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Vary', 'Accept-Language, Sec-Fetch-Site, Referer');
  response.setHeader('Cache-Control', 'no-store');
  const locale = preferredLocale(request.headers['accept-language']);
  if (locale && !isFromWithin(request)) {
    redirect(response, 302, `/${locale}/`);
    return;
  }
  const choice = site.get('/index.html');
  if (choice) {
    sendFile(choice, 200, request, response);
    return;
  }
  redirect(response, 302, `/${sourceLocale}/`);
}

function isFromWithin(request: IncomingMessage): boolean {
  if (request.headers['sec-fetch-site'] === 'same-origin') return true;
  const { referer, host } = request.headers;
  return referer !== undefined && host !== undefined && URL.parse(referer)?.host === host;
}

function serveNotFound(
  site: BuiltSite,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const asked = preferredLocale(request.headers['accept-language']);
  const locale = localeOfPath(path) ?? asked ?? sourceLocale;
  const page = site.get(`/${locale}/404/index.html`) ?? site.get('/404.html');
  response.setHeader('Vary', 'Accept-Language');
  if (page) {
    sendFile(page, 404, request, response);
    return;
  }
  response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('404\n');
}

function sendFile(
  file: BuiltFile,
  status: 200 | 404,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const encoding = encodingFor(file, request);
  const representation = file.representations.get(encoding);
  if (!representation) throw new Error('every built file has its identity representation');
  if (file.representations.size > 1) response.appendHeader('Vary', 'Accept-Encoding');
  if (!response.hasHeader('Cache-Control')) response.setHeader('Cache-Control', file.cacheControl);
  response.setHeader('Content-Security-Policy', pagePolicy);
  if (status === 200) {
    response.setHeader('ETag', representation.etag);
    if (isFresh(request.headers['if-none-match'], representation.etag)) {
      response.writeHead(304).end();
      return;
    }
  }
  if (encoding !== 'identity') response.setHeader('Content-Encoding', encoding);
  response.writeHead(status, {
    'Content-Type': file.contentType,
    'Content-Length': representation.body.length,
  });
  response.end(request.method === 'HEAD' ? undefined : representation.body);
}

function encodingFor(file: BuiltFile, request: IncomingMessage): Encoding {
  const negotiator = new Negotiator(request);
  const smallestFirst = ['br', 'gzip'] as const;
  const isOffered = (encoding: Encoding) => file.representations.has(encoding);
  const isTaken = (encoding: Encoding) => negotiator.encodings([encoding]).includes(encoding);
  return smallestFirst.find((encoding) => isOffered(encoding) && isTaken(encoding)) ?? 'identity';
}

/** RFC 9110 13.1.2: a list of tags compared weakly, or `*`. */
function isFresh(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))
    .some((tag) => tag === etag || tag === '*');
}

function redirect(response: ServerResponse, status: 301 | 302, location: string): void {
  response.writeHead(status, { Location: location, 'Content-Length': 0 }).end();
}

function decode(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
