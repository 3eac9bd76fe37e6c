/** The head that goes to the target, as Go's transport writes it (specification 2.5, recorded group 03). */
import { announcedTrailers, framingLines } from '../kit/http/framing-lines.ts';
import type { Header } from '../kit/http/head.ts';
import { headerValue } from '../kit/http/head.ts';
import { isHopByHop, namedByConnection } from '../kit/http/hop-by-hop.ts';
import {
  applicationAuthorizationHeader,
  identityHeaders,
  identityPrefixes,
  rewriteHeader,
} from './headers.ts';
import type { IncomingRequest } from './incoming-request.ts';

export interface OutgoingOptions {
  /** Escaped, with the query. */
  readonly target: string;
  /** Null for upgrades: they go without. */
  readonly forwardedUri: string | null;
  /** The connection itself is handed on: `Connection` and `Upgrade` belong to the request. */
  readonly isUpgrade: boolean;
  readonly asksForGzip: boolean;
  /** The application's own `Authorization`. */
  readonly authorization: string | null;
  /** Headers that are the proxy's to set, whatever the client sent: a line for each value. */
  readonly added?: Readonly<Record<string, readonly string[]>>;
}

/** Whether Go's transport would ask for gzip on the client's behalf and decode it. */
export function asksForGzip({ method, headers }: IncomingRequest): boolean {
  return method !== 'HEAD' && !isFilled(headers, 'accept-encoding') && !isFilled(headers, 'range');
}

/** One character per byte. */
export function outgoingHead(request: IncomingRequest, options: OutgoingOptions): string {
  const { method, headers, host } = request;
  const userAgent = headerValue(headers, 'user-agent') ?? '';
  const lines = [...passedLines(request, options), ...addedLines(request, options)].sort(byName);
  let text = `${method} ${options.target} HTTP/1.1\r\nHost: ${host}\r\n`;
  if (userAgent !== '') text += `User-Agent: ${userAgent}\r\n`;
  text += framingLines(method, request.framing, trailersOf(headers));
  for (const [name, value] of lines) text += `${name}: ${value}\r\n`;
  if (options.asksForGzip) text += 'Accept-Encoding: gzip\r\n';
  return `${text}\r\n`;
}

type Line = readonly [name: string, value: string];

/** Whether a header of the client's, or of its trailer, is the target's business. */
export function isPassed(key: string): boolean {
  return !kept.has(key) && !identityPrefixes.some((prefix) => key.startsWith(prefix));
}

const kept: ReadonlySet<string> = new Set([
  ...identityHeaders,
  applicationAuthorizationHeader.toLowerCase(),
  rewriteHeader.toLowerCase(),
  'host',
  'content-length',
]);

/** Stated anew. */
const replaced: ReadonlySet<string> = new Set(['user-agent', 'x-forwarded-for']);

function passedLines({ headers }: IncomingRequest, options: OutgoingOptions): Line[] {
  const named = namedByConnection(headers);
  const taken = new Set(Object.keys(options.added ?? {}).map((name) => name.toLowerCase()));
  const lines: Line[] = [];
  let cookies = '';
  for (const { name, key, value } of headers) {
    if (!isPassed(key) || taken.has(key)) continue;
    if (replaced.has(key)) continue;
    if (key === 'x-forwarded-uri' && options.forwardedUri !== null) continue;
    if (options.isUpgrade && key === 'upgrade') lines.push(['Upgrade', value]);
    if (isHopByHop(key, named)) continue;
    if (key === 'accept-encoding' && options.asksForGzip) continue;
    if (key === 'sec-websocket-protocol') {
      const protocols = withoutToken(value);
      if (protocols !== '') lines.push([canonicalName(name), protocols]);
      continue;
    }
    // HTTP/2 may bring the crumbs one by one (RFC 9113, section 8.2.3).
    if (key === 'cookie') cookies += `${cookies === '' ? '' : '; '}${value}`;
    else lines.push([canonicalName(name), value]);
  }
  if (cookies !== '') lines.push(['Cookie', cookies]);
  return lines;
}

/** A browser brings its bearer token to the server as the name of a protocol: it is no target's. */
function withoutToken(protocols: string): string {
  if (!protocols.toLowerCase().includes(tokenProtocol)) return protocols;
  return protocols
    .split(',')
    .map((protocol) => protocol.trim())
    .filter((protocol) => !protocol.toLowerCase().startsWith(tokenProtocol))
    .join(', ');
}

const tokenProtocol = 'base64url.bearer.authorization.k8s.io.';

function addedLines(request: IncomingRequest, options: OutgoingOptions): Line[] {
  const { headers, clientAddress } = request;
  const lines: Line[] = [];
  if (options.isUpgrade) lines.push(['Connection', 'Upgrade']);
  else if (takesTrailers(headers)) lines.push(['Te', 'trailers']);
  if (options.authorization !== null) lines.push(['Authorization', options.authorization]);
  const before = headers.filter(({ key }) => key === 'x-forwarded-for').map(({ value }) => value);
  const forwardedFor = [...before, ...(clientAddress === null ? [] : [clientAddress])].join(', ');
  if (forwardedFor !== '') lines.push(['X-Forwarded-For', forwardedFor]);
  if (options.forwardedUri !== null) lines.push(['X-Forwarded-Uri', options.forwardedUri]);
  for (const [name, values] of Object.entries(options.added ?? {})) {
    for (const value of values) lines.push([name, value]);
  }
  return lines;
}

/** As they are sent on. */
function trailersOf(headers: readonly Header[]): readonly string[] {
  return announcedTrailers(headers)
    .filter((name) => isPassed(name.toLowerCase()))
    .map(canonicalName);
}

function takesTrailers(headers: readonly Header[]): boolean {
  return headers.some(
    ({ key, value }) => key === 'te' && /(?:^|,)\s*trailers\s*(?:$|,)/i.test(value),
  );
}

function isFilled(headers: readonly Header[], key: string): boolean {
  return (headerValue(headers, key) ?? '') !== '';
}

function byName([a]: Line, [b]: Line): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const canonicalNames = new Map<string, string>();
const maximumKnown = 512;
const maximumKnownLength = 40;

/** `content-type` becomes `Content-Type`, as Go writes it. */
export function canonicalName(name: string): string {
  const known = canonicalNames.get(name);
  if (known !== undefined) return known;
  const canonical = name
    .toLowerCase()
    .replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
  if (canonicalNames.size < maximumKnown && name.length <= maximumKnownLength) {
    canonicalNames.set(name, canonical);
  }
  return canonical;
}
