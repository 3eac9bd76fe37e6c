/** The head that goes to the client for an answer of the upstream, as Go's server writes it. */
import { isBodyAllowed } from '../kit/http/framing.ts';
import type { Framing } from '../kit/http/framing.ts';
import type { Header, ResponseHead } from '../kit/http/head.ts';
import { isHopByHop, namedByConnection } from '../kit/http/hop-by-hop.ts';
import { httpDate } from '../kit/http/http-date.ts';
import { statusText } from '../kit/http/status-text.ts';
import type { Delivery } from '../kit/http/answer-writer.ts';
import type { ClientRequest } from './client-request.ts';

export interface AnswerOptions {
  readonly framing: Framing;
  readonly delivery: Delivery;
  readonly isDecoded: boolean;
  readonly connection: string;
}

/** Everything but the content type that may still be missing, and without the empty line. */
export function answerHead(
  head: ResponseHead,
  request: ClientRequest,
  options: AnswerOptions,
): string {
  const { status, headers } = head;
  const named = namedByConnection(headers);
  const isBodiless = !isBodyAllowed(status);
  const keepsLength = request.head.method === 'HEAD' && !isBodiless;
  let hasDate = false;
  let hasLength = false;
  let text = `HTTP/1.${request.head.minorVersion} ${status} ${statusText(status)}\r\n`;

  for (const { name, key, value } of headers) {
    if (isHopByHop(key, named)) continue;
    if (key === 'content-length') {
      if (hasLength || (!keepsLength && options.framing.kind !== 'none')) continue;
      if (isBodiless || options.isDecoded) continue;
      hasLength = true;
    }
    if (key === 'content-encoding' && options.isDecoded) continue;
    if (key === 'content-type' && status === 304) continue;
    hasDate ||= key === 'date';
    text += `${name}: ${value}\r\n`;
  }
  if (options.delivery === 'length' && options.framing.kind === 'length') {
    text += `Content-Length: ${options.framing.length}\r\n`;
  }
  if (!hasDate) text += `Date: ${httpDate()}\r\n`;
  if (options.delivery === 'chunked') {
    text += `Transfer-Encoding: chunked\r\n${announcedTrailers(headers)}`;
  }
  return text + options.connection;
}

/** An interim answer (1xx): its headers, and nothing added. */
export function interimHead({ status, headers }: ResponseHead): string {
  const named = namedByConnection(headers);
  let text = `HTTP/1.1 ${status} ${statusText(status)}\r\n`;
  for (const { name, key, value } of headers) {
    if (!isHopByHop(key, named) && key !== 'content-length') text += `${name}: ${value}\r\n`;
  }
  return `${text}\r\n`;
}

function announcedTrailers(headers: readonly Header[]): string {
  const names = headers.filter(({ key }) => key === 'trailer').map(({ value }) => value);
  return names.length === 0 ? '' : `Trailer: ${names.join(', ')}\r\n`;
}
