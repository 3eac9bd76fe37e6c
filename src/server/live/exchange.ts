/** One live request and its answer, with what every handler needs: language, cancellation, lines. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Translate } from './messages.ts';
import type { Hop } from '../../../proxies/kit/hop.ts';
import { decisionText } from '../../decision-text.ts';
import type { HopLine, LiveLine } from './lines.ts';
import { LiveError, type LiveErrorCode } from './live-error.ts';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly translate: Translate;
  /** Aborted when the client goes away, or when the request has taken too long. */
  readonly signal: AbortSignal;
}

export const lineType = 'application/x-ndjson';

/** Begins a stream of lines; each is sent at once. Lines after the client has gone are dropped. */
export function openLines({ response }: Exchange): (line: LiveLine) => void {
  response.writeHead(200, {
    'Content-Type': `${lineType}; charset=utf-8`,
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
  return (line) => {
    if (response.writable) response.write(`${JSON.stringify(line)}\n`);
  };
}

/** A hop as a line, with what was decided in the reader's language. */
export function hopLine(hop: Hop, translate: Translate): HopLine {
  return { type: 'hop', hop, text: decisionText(hop, (key, values) => translate(key, values)) };
}

/** Answers with JSON that is never stored. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    ...headers,
  });
  response.end(text);
}

/** Says what went wrong in the reader's language: as the answer, or as the last line of a stream. */
export function sendError(exchange: Exchange, error: unknown): void {
  const isLate = exchange.signal.aborted && !(error instanceof LiveError);
  const unforeseen = isLate ? 'timeout' : 'internal';
  const known = error instanceof LiveError ? error : new LiveError(unforeseen, {}, {}, error);
  const { code, status, headers } = known;
  // The reader is told a sentence; whoever runs the server, the cause.
  if (code === 'internal' || code === 'proxy-failed') console.error(`/live: ${code}:`, known.cause);
  const message = sentence(exchange.translate, code, known);
  const { response } = exchange;
  if (!response.headersSent) {
    sendJson(response, status, { code, message }, headers);
  } else if (String(response.getHeader('content-type')).startsWith(lineType)) {
    response.end(`${JSON.stringify({ type: 'error', code, message })}\n`);
  } else {
    response.destroy();
  }
}

function sentence(translate: Translate, code: LiveErrorCode, { values }: LiveError): string {
  return translate(`errors:live.${code}`, values);
}
