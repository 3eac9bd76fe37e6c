/** Strict heads of HTTP/1.1 messages: whatever could be read two ways is refused. */
import { goQuote } from './go-quote.ts';

/** A header field as it arrived, with its lower-case name for comparing. */
export interface Header {
  readonly name: string;
  readonly key: string;
  readonly value: string;
}

export interface RequestHead {
  readonly method: string;
  /** The raw request target, escapes untouched. */
  readonly target: string;
  /** `0` for HTTP/1.0, else `1`: 1.2 is answered as 1.1 is. */
  readonly minorVersion: 0 | 1;
  readonly headers: readonly Header[];
}

export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  readonly minorVersion: 0 | 1;
  readonly headers: readonly Header[];
}

/** A request that is not served: the status, and what follows it on the status line. */
export interface Refusal {
  readonly refused: 400 | 431 | 501 | 505;
  readonly detail: string | null;
}

/** A response that is not understood, in the words of Go's client. */
export interface Malformed {
  readonly malformed: string;
}

export const badRequest: Refusal = { refused: 400, detail: null };

/** Control characters, and CR or LF outside of a CRLF pair (RFC 9112, sections 2.2 and 5). */
const illegal = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r[^\n]|[^\r]\n/;

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const tokenWithSpaces = /^[!#$%&'*+\-.^_`|~0-9A-Za-z ]+$/;
const version = /^HTTP\/(\d)\.(\d)$/;

/**
 * Reads the head of a request, from its first byte to the empty line, both included.
 *
 * @example parseRequestHead('GET /api HTTP/1.1\r\nHost: localhost\r\n\r\n')
 */
export function parseRequestHead(text: string): RequestHead | Refusal {
  const line = parseRequestLine(text);
  if ('refused' in line) return line;
  if (illegal.test(text)) return badRequest;
  const headers = parseHeaders(text, text.indexOf('\n') + 1);
  if ('fault' in headers) {
    const name = headers.fault.slice(0, Math.max(0, headers.fault.indexOf(':')));
    return tokenWithSpaces.test(name) && name.trim() !== '' && !name.startsWith(' ')
      ? { refused: 400, detail: 'invalid header name' }
      : badRequest;
  }
  if (line.major !== 1) {
    // The preface of HTTP/2 is let through: it ends like any other request for `*`.
    const isPreface = line.method === 'PRI' && line.target === '*' && headers.length === 0;
    if (line.major !== 2 || !isPreface) {
      return { refused: 505, detail: 'unsupported protocol version' };
    }
  } else {
    const refusal = checkHost(line.method, line.minorVersion, headers);
    if (refusal !== null) return refusal;
  }
  const minorVersion = line.major === 1 ? line.minorVersion : 1;
  return { method: line.method, target: line.target, minorVersion, headers };
}

/** Whether bytes are among these that no head may have. */
export function hasIllegalBytes(text: string): boolean {
  return illegal.test(text);
}

/** Reads the head of a response, from its first byte to the empty line, both included. */
export function parseResponseHead(text: string): ResponseHead | Malformed {
  const end = text.indexOf('\r\n');
  const space = text.indexOf(' ');
  const line = text.slice(0, end);
  if (space === -1 || space > end) return { malformed: `malformed HTTP response ${goQuote(line)}` };
  const rest = line.slice(space + 1).trimStart();
  const code = rest.split(' ', 1)[0] ?? '';
  const status = /^[1-9]\d\d$/.test(code) ? Number(code) : 0;
  if (status === 0) {
    return { malformed: `malformed HTTP status code ${goQuote(code.replace(/^0+(?=\d)/, ''))}` };
  }
  const proto = version.exec(line.slice(0, space));
  if (proto?.[1] !== '1') {
    return { malformed: `malformed HTTP version ${goQuote(line.slice(0, space))}` };
  }
  if (illegal.test(text)) return { malformed: 'malformed MIME header line' };
  const headers = parseHeaders(text, end + 2);
  if ('fault' in headers) return { malformed: `malformed MIME header line: ${headers.fault}` };
  return {
    status,
    reason: rest.slice(code.length + 1),
    minorVersion: proto[2] === '0' ? 0 : 1,
    headers,
  };
}

/** Reads header lines from `at` to the empty line. A fault is the first line that is none. */
export function parseHeaders(text: string, at: number): Header[] | { readonly fault: string } {
  const headers: Header[] = [];
  for (let start = at; ;) {
    const end = text.indexOf('\r\n', start);
    if (end === start || end === -1) return headers;
    const colon = text.indexOf(':', start);
    const name = colon === -1 || colon > end ? '' : text.slice(start, colon);
    const key = keyOf(name);
    if (key === null) return { fault: text.slice(start, end) };
    headers.push({ name, key, value: trimBlanks(text, colon + 1, end) });
    start = end + 2;
  }
}

/** The first value of a header, or null. `key` is in lower case. */
export function headerValue(headers: readonly Header[], key: string): string | null {
  for (const header of headers) if (header.key === key) return header.value;
  return null;
}

/** Names that were seen before, with their keys: the same few come with every message. */
const knownKeys = new Map<string, string>();
const maximumKnownKeys = 512;
const maximumKnownLength = 40;

/** The lower-case name, or null where it is no token. */
function keyOf(name: string): string | null {
  const known = knownKeys.get(name);
  if (known !== undefined) return known;
  if (!token.test(name)) return null;
  if (knownKeys.size < maximumKnownKeys && name.length <= maximumKnownLength) {
    // A copy: a slice would keep the whole head in memory.
    const copy = Buffer.from(name, 'latin1').toString('latin1');
    knownKeys.set(copy, copy.toLowerCase());
  }
  return name.toLowerCase();
}

interface RequestLine {
  readonly method: string;
  readonly target: string;
  readonly major: number;
  readonly minorVersion: 0 | 1;
}

/** Reads the first line of a head that may still be unfinished behind it. */
export function parseRequestLine(text: string): RequestLine | Refusal {
  const end = text.indexOf('\r\n');
  const first = text.indexOf(' ');
  const last = text.indexOf(' ', first + 1);
  if (first === -1 || last === -1 || last > end) return badRequest;
  const method = text.slice(0, first);
  const target = text.slice(first + 1, last);
  const proto = version.exec(text.slice(last + 1, end));
  if (proto === null || target === '' || !token.test(method)) return badRequest;
  return { method, target, major: Number(proto[1]), minorVersion: proto[2] === '0' ? 0 : 1 };
}

/** What Go's `httpguts.ValidHostHeader` lets through. */
const validHost = /^[!$%&'()*+,\-.:;=[\]_~0-9A-Za-z]*$/;

function checkHost(
  method: string,
  minorVersion: 0 | 1,
  headers: readonly Header[],
): Refusal | null {
  let host: string | null = null;
  for (const { key, value } of headers) {
    if (key !== 'host') continue;
    if (host !== null) return badRequest;
    host = value;
  }
  if (host === null) {
    return minorVersion === 0 || method === 'CONNECT'
      ? null
      : { refused: 400, detail: 'missing required Host header' };
  }
  return validHost.test(host) ? null : { refused: 400, detail: 'malformed Host header' };
}

function trimBlanks(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;
