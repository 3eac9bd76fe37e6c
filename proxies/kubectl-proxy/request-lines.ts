/** The head that goes upstream: what is removed, what is added (specification 1.6, 1.10). */
import { announcedTrailers, framingLines } from '../kit/http/framing-lines.ts';
import type { Header } from '../kit/http/head.ts';
import { headerValue } from '../kit/http/head.ts';
import { isHopByHop, namedByConnection } from '../kit/http/hop-by-hop.ts';
import type { ClientCredentials, HeaderLine } from '../kit/upstream.ts';
import type { ClientRequest } from './client-request.ts';

/** Its version is the package's. */
export const userAgent = 'hop-by-hop/0.1.0';

export interface OutgoingOptions {
  readonly target: string;
  readonly authority: string;
  readonly credentials: readonly HeaderLine[];
  /** Null over a unix socket: there is no address to pass on. */
  readonly clientAddress: string | null;
  /** The connection itself is handed on: `Connection` and `Upgrade` belong to the request. */
  readonly isUpgrade: boolean;
  readonly asksForGzip: boolean;
}

/**
 * Which credentials the client brought itself. Empty ones do not count, nor do those that its own
 * `Connection` header takes away again: else `Connection: Impersonate-User` would shed `--as`.
 */
export function clientCredentials(headers: readonly Header[]): ClientCredentials {
  const named = namedByConnection(headers);
  const isBrought = (key: string) => !named.has(key) && isFilled(headers, key);
  return {
    hasAuthorization: isBrought('authorization'),
    hasImpersonateUser: isBrought('impersonate-user'),
  };
}

/** Whether Go's transport would ask for gzip on the client's behalf and decode it. */
export function asksForGzip({ head }: ClientRequest): boolean {
  return (
    head.method !== 'HEAD' &&
    !isFilled(head.headers, 'accept-encoding') &&
    !isFilled(head.headers, 'range')
  );
}

/** The request's head as it goes upstream, one character per byte. */
export function outgoingHead(request: ClientRequest, options: OutgoingOptions): string {
  const { method, headers } = request.head;
  const named = namedByConnection(headers);
  let text = `${method} ${options.target} HTTP/1.1\r\nHost: ${options.authority}\r\n`;
  let forwardedFor = '';
  let hasUserAgent = false;
  let takesTrailers = false;

  for (const { name, key, value } of headers) {
    if (key === 'te' && !options.isUpgrade) takesTrailers ||= mentionsTrailers(value);
    if (isDropped(key, named, options.isUpgrade)) continue;
    if (key === 'x-forwarded-for') forwardedFor += forwardedFor === '' ? value : `, ${value}`;
    else if (isReplaced(key, options)) continue;
    else if (key === 'user-agent' && value === '') continue;
    else {
      hasUserAgent ||= key === 'user-agent';
      text += `${name}: ${value}\r\n`;
    }
  }
  if (options.isUpgrade) text += upgradeLines(headers);
  text += framingLines(request.head.method, request.framing, announcedTrailers(headers));
  if (takesTrailers) text += 'TE: trailers\r\n';
  if (options.clientAddress !== null) {
    forwardedFor += `${forwardedFor === '' ? '' : ', '}${options.clientAddress}`;
  }
  if (forwardedFor !== '') text += `X-Forwarded-For: ${forwardedFor}\r\n`;
  if (!hasUserAgent) text += `User-Agent: ${userAgent}\r\n`;
  if (isUnboundedByPragma(headers)) text += 'Cache-Control: no-cache\r\n';
  for (const [name, value] of options.credentials) text += `${name}: ${value}\r\n`;
  if (options.asksForGzip) text += 'Accept-Encoding: gzip\r\n';
  return `${text}\r\n`;
}

function isDropped(key: string, named: ReadonlySet<string>, isUpgrade: boolean): boolean {
  if (key === 'host' || key === 'content-length') return true;
  if (isUpgrade && key === 'upgrade') return false;
  return isHopByHop(key, named);
}

/** Headers that Go sets rather than adds: every value of the client's gives way. */
const setOnce: ReadonlySet<string> = new Set([
  'authorization',
  'impersonate-user',
  'impersonate-uid',
]);

function isReplaced(key: string, options: OutgoingOptions): boolean {
  if (key === 'accept-encoding') return options.asksForGzip;
  return setOnce.has(key) && options.credentials.some(([name]) => name.toLowerCase() === key);
}

/**
 * `Connection` of an upgrade, without the names of headers that stay here: somebody between us and
 * the apiserver would take those away that are sent on or stated anew.
 */
function upgradeLines(headers: readonly Header[]): string {
  let text = '';
  let isNamed = false;
  for (const { name, key, value } of headers) {
    if (key !== 'connection') continue;
    const options = value.split(',').map((option) => option.trim());
    const passed = options.filter((option) => /^(?:upgrade|keep-alive)$/i.test(option));
    isNamed ||= passed.some((option) => option.toLowerCase() === 'upgrade');
    if (passed.length > 0) text += `${name}: ${passed.join(', ')}\r\n`;
  }
  return isNamed ? text : `${text}Connection: Upgrade\r\n`;
}

/** `Pragma: no-cache` alone means `Cache-Control: no-cache` too, to Go. */
function isUnboundedByPragma(headers: readonly Header[]): boolean {
  return (
    headerValue(headers, 'pragma') === 'no-cache' && headerValue(headers, 'cache-control') === null
  );
}

const mentionsTrailers = (value: string): boolean => /(?:^|,)\s*trailers\s*(?:$|,)/i.test(value);

function isFilled(headers: readonly Header[], key: string): boolean {
  const value = headerValue(headers, key);
  return value !== null && value !== '';
}
