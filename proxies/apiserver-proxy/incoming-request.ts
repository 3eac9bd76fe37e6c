/** A request as it came, read in the one way in which everybody must read it. */
import { plainAddress } from '../kit/http/endpoint-text.ts';
import { requestFraming } from '../kit/http/framing.ts';
import type { Framing } from '../kit/http/framing.ts';
import type { Header } from '../kit/http/head.ts';
import type { HttpRequest } from '../kit/http/server-exchange.ts';
import { StatusError } from '../kit/api/status-error.ts';
import { refusal } from './refusal.ts';

export interface IncomingRequest {
  readonly method: string;
  readonly headers: readonly Header[];
  /** What the target will see as its own name. */
  readonly host: string;
  /** As sent, with its question mark; empty where nothing follows it. */
  readonly query: string;
  readonly framing: Framing;
  /** `203.0.113.9`, or null where a connection has no address. */
  readonly clientAddress: string | null;
}

/** @throws StatusError 400 for a request that somebody else could read otherwise. */
export function readIncoming(request: HttpRequest): IncomingRequest {
  // By what it is, not by what it says: a request line may name any version.
  const isHttp2 = request.stream !== undefined;
  if (!isHttp2 && !/^1\.[01]$/.test(request.httpVersion)) {
    throw refused('unsupported protocol version');
  }
  const { headers, authority } = readHeaders(request.rawHeaders, isHttp2);
  for (const { name, value } of headers) {
    if (!token.test(name)) throw refused('invalid header name');
    if (illegalValue.test(value)) throw refused(`invalid value of header ${name}`);
  }
  const target = request.url ?? '/';
  if (illegalTarget.test(target)) throw refused('invalid request target');
  const mark = target.indexOf('?');
  return {
    method: request.method ?? 'GET',
    headers,
    host: authorityOf(target) ?? hostOf(headers, authority),
    query: mark === -1 || mark === target.length - 1 ? '' : target.slice(mark),
    framing: framingOf(request, headers, isHttp2),
    clientAddress: addressOf(request.socket),
  };
}

/** The headers of a request whatever they are. */
export function rawHeaders({ rawHeaders: raw, httpVersion }: HttpRequest): readonly Header[] {
  const { headers, authority } = readHeaders(raw, httpVersion.startsWith('2'));
  return authority === null
    ? headers
    : [{ name: 'Host', key: 'host', value: authority }, ...headers];
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Control characters; the parser joins a folded value with its line end in it. */
const illegalValue = /[\0-\x08\x0a-\x1f\x7f]|[^\0-\xff]/;
/** What would end a request line, or be cut to its last byte on the way. */
const illegalTarget = /[\0-\x20\x7f]|[^\0-\xff]/;
/** What Go's `httpguts.ValidHostHeader` lets through. */
const validHost = /^[!$%&'()*+,\-.:;=[\]_~0-9A-Za-z]*$/;

function readHeaders(
  raw: readonly string[],
  isHttp2: boolean,
): { readonly headers: readonly Header[]; readonly authority: string | null } {
  const headers: Header[] = [];
  let authority: string | null = null;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? '';
    const value = raw[at + 1] ?? '';
    if (isHttp2 && name.startsWith(':')) {
      if (name === ':authority') authority = value;
      continue;
    }
    headers.push({ name, key: name.toLowerCase(), value });
  }
  return { headers, authority };
}

function hostOf(headers: readonly Header[], authority: string | null): string {
  const hosts = headers.filter(({ key }) => key === 'host');
  if (hosts.length > 1) throw refused('too many Host headers');
  const host = authority ?? hosts[0]?.value ?? '';
  if (!validHost.test(host)) throw refused('malformed Host header');
  return host;
}

/** The host of a target in absolute form, which beats the Host header (RFC 9112, section 3.2.2). */
function authorityOf(target: string): string | null {
  if (target.startsWith('/')) return null;
  const authority = /^https?:\/\/([^/?#]*)/i.exec(target)?.[1] ?? null;
  if (authority !== null && !validHost.test(authority)) throw refused('malformed request target');
  return authority;
}

function framingOf(request: HttpRequest, headers: readonly Header[], isHttp2: boolean): Framing {
  const lengths = headers.filter(({ key }) => key === 'content-length').length;
  if (lengths > 1) throw refused('too many Content-Length headers');
  const minorVersion = request.httpVersion === '1.0' ? 0 : 1;
  const framing = requestFraming({ method: '', target: '', minorVersion, headers });
  if ('refused' in framing) throw refusal('unclear-request');
  const isOpen = isHttp2 && lengths === 0 && request.stream?.endAfterHeaders === false;
  return isOpen ? { kind: 'chunked' } : framing;
}

function addressOf(socket: unknown): string | null {
  if (typeof socket !== 'object' || socket === null || !('remoteAddress' in socket)) return null;
  const { remoteAddress } = socket;
  return typeof remoteAddress === 'string' ? plainAddress(remoteAddress) : null;
}

function refused(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}
