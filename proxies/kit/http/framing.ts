/** How long a body is: the one reading that every recipient must share (RFC 9112, section 6). */
import { badRequest } from './head.ts';
import type { Header, Malformed, Refusal, RequestHead, ResponseHead } from './head.ts';

export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' };

const none: Framing = { kind: 'none' };
const chunked: Framing = { kind: 'chunked' };
const untilClose: Framing = { kind: 'until-close' };

/**
 * The framing of a request body. Stricter than Go, which prefers chunked over a length beside it
 * and ignores a coding in HTTP/1.0: a gateway in front may have read the same bytes otherwise.
 */
export function requestFraming(head: RequestHead): Framing | Refusal {
  const declared = declaredFraming(head.headers);
  if (declared === null) return none;
  switch (declared.kind) {
    case 'unsupported-coding':
      return { refused: 501, detail: null };
    case 'bad-length':
    case 'both':
      return badRequest;
    case 'chunked':
      return head.minorVersion === 0 ? badRequest : chunked;
    case 'length':
      return declared.length === 0 ? none : declared;
  }
}

/** The framing of the body that answers a request with this method. */
export function responseFraming(head: ResponseHead, method: string): Framing | Malformed {
  const declared = declaredFraming(head.headers);
  if (declared?.kind === 'bad-length') {
    return { malformed: `bad Content-Length ${JSON.stringify(declared.value)}` };
  }
  if (declared?.kind === 'both') {
    return { malformed: 'both Content-Length and Transfer-Encoding' };
  }
  if (declared?.kind === 'unsupported-coding') {
    return { malformed: `unsupported transfer encoding: ${JSON.stringify(declared.value)}` };
  }
  if (method === 'HEAD' || !isBodyAllowed(head.status)) return none;
  if (declared === null) return untilClose;
  if (declared.kind === 'chunked') return head.minorVersion === 0 ? untilClose : chunked;
  return declared.length === 0 ? none : declared;
}

/** Whether an answer with this status may have a body (RFC 9112, section 6.3). */
export function isBodyAllowed(status: number): boolean {
  return status >= 200 && status !== 204 && status !== 304;
}

type Declared =
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'both' }
  | { readonly kind: 'bad-length'; readonly value: string }
  | { readonly kind: 'unsupported-coding'; readonly value: string };

function declaredFraming(headers: readonly Header[]): Declared | null {
  let coding: string | null = null;
  let length: string | null = null;
  for (const { key, value } of headers) {
    if (key === 'transfer-encoding') {
      if (coding !== null) return { kind: 'unsupported-coding', value: `${coding}, ${value}` };
      coding = value;
    } else if (key === 'content-length') {
      if (length !== null && length !== value) return { kind: 'bad-length', value };
      length = value;
    }
  }
  if (coding !== null) {
    if (coding.toLowerCase() !== 'chunked') return { kind: 'unsupported-coding', value: coding };
    return length === null ? { kind: 'chunked' } : { kind: 'both' };
  }
  if (length === null) return null;
  const parsed = /^\d{1,16}$/.test(length) ? Number(length) : Number.NaN;
  return Number.isSafeInteger(parsed)
    ? { kind: 'length', length: parsed }
    : { kind: 'bad-length', value: length };
}
