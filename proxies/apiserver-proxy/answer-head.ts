/** The headers and trailers of the target's answer, as the client gets them (specification 2.6). */
import { passedTrailers } from '../kit/http/chunked-end.ts';
import type { Framing } from '../kit/http/framing.ts';
import { isBodyAllowed } from '../kit/http/framing.ts';
import type { Header, ResponseHead } from '../kit/http/head.ts';
import { headerValue } from '../kit/http/head.ts';
import { isHopByHop, namedByConnection } from '../kit/http/hop-by-hop.ts';
import type { HttpResponse } from '../kit/http/server-exchange.ts';
import { removedAnswerHeaders } from './headers.ts';

export interface AnswerHeadOptions {
  readonly method: string;
  readonly framing: Framing;
  /** The body comes out otherwise than it came: its length is not known. */
  readonly isChanged: boolean;
  /** Its content coding is taken off. */
  readonly isDecoded: boolean;
  /** As it is rewritten; absent: as it came. */
  readonly location?: string | undefined;
}

const removed: ReadonlySet<string> = new Set([...removedAnswerHeaders, 'audit-id']);

/** HTTP/2 refuses it; it belongs to the connection. */
const ofConnection: ReadonlySet<string> = new Set(['http2-settings']);

/**
 * The headers by name. What the server has set already stays, and the target's own `Cache-Control` comes
 * after it, as upstream adds it.
 */
export function answerHeaders(
  { status, headers }: ResponseHead,
  response: HttpResponse,
  options: AnswerHeadOptions,
): Record<string, string | string[]> {
  const named = namedByConnection(headers);
  const isLengthKept =
    isBodyAllowed(status) &&
    !options.isChanged &&
    (options.framing.kind === 'length' || options.framing.kind === 'none');
  const answered = new Map<string, { readonly name: string; readonly values: string[] }>();
  for (const { name, key, value } of headers) {
    if (isHopByHop(key, named) || removed.has(key) || ofConnection.has(key)) continue;
    if (key === 'content-length' && (!isLengthKept || answered.has(key))) continue;
    if (key === 'content-encoding' && options.isDecoded) continue;
    // As Go: nothing about content that is not there.
    if (key === 'content-type' && status === 304) continue;
    const known = answered.get(key);
    if (known) known.values.push(value);
    else answered.set(key, { name, values: [...ownValues(response, key), value] });
  }
  if (options.location !== undefined) {
    answered.set('location', { name: 'Location', values: [options.location] });
  }
  return onWire(answered.values(), response.stream !== undefined);
}

/** What the server has set before, where the target's value is added to it. */
function ownValues(response: HttpResponse, key: string): string[] {
  if (key !== 'cache-control') return [];
  const own = response.getHeader?.(key);
  return typeof own === 'string' ? [own] : [];
}

/** The trailers by name. */
export function answerTrailers(
  trailers: readonly Header[],
  isHttp2: boolean,
): Record<string, string | string[]> {
  const passed = passedTrailers(trailers).filter(({ key }) => !ofConnection.has(key));
  const answered = Map.groupBy(passed, ({ key }) => key);
  const named = [...answered.values()].map((same) => ({
    name: same[0]?.name ?? '',
    values: same.map(({ value }) => value),
  }));
  return onWire(named, isHttp2);
}

/** Node's HTTP/2 takes several values of a header only where there may be several. */
function onWire(
  answered: Iterable<{ readonly name: string; readonly values: string[] }>,
  isHttp2: boolean,
): Record<string, string | string[]> {
  // Targets name them: `__proto__` is a name like others.
  const headers = Object.create(null) as Record<string, string | string[]>;
  for (const { name, values } of answered) {
    const isList = values.length > 1;
    const isJoined = isList && isHttp2 && name.toLowerCase() !== 'set-cookie';
    headers[name] = isJoined ? values.join(', ') : isList ? values : (values[0] ?? '');
  }
  return headers;
}

/** Whether an answer is a page whose links are rewritten. */
export function isPage(headers: readonly Header[]): boolean {
  const type = headerValue(headers, 'content-type') ?? '';
  return type.split(';', 1)[0]?.trim() === 'text/html';
}
