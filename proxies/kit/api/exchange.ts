/** One request and its whole answer, asked again where that is safe. */
import { constants, type ClientHttp2Stream, type OutgoingHttpHeaders } from 'node:http2';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiConnection, RequestOptions } from './api-client.ts';
import { ApiError, UnreachableError, type Status } from './errors.ts';
import { isRefusedUnseen, messageOf, type Link } from './link.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface ApiRequest {
  readonly method: Method;
  readonly path: string;
  readonly options?: RequestOptions | undefined;
  readonly body?: string | undefined;
  readonly mediaType?: string;
}

export const answerTimeoutMs = 20_000;
const late = `no answer within ${answerTimeoutMs / 1000} s`;
/** Pauses before another attempt; then the caller decides. */
const pausesMs = [50, 200, 800];
const longestRetryAfterSeconds = 5;

/** The answer's body. @throws ApiError, UnreachableError, or the signal's reason */
export function exchange(
  link: Link,
  connection: ApiConnection,
  request: ApiRequest,
): Promise<string> {
  return insisting(request, () => exchangeOnce(link, connection, request));
}

/** Asks, and asks again after a pause where that is safe and promising. */
export async function insisting<Answer>(
  { method, options }: ApiRequest,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const signal = options?.signal;
  for (const pauseMs of pausesMs) {
    try {
      return await ask();
    } catch (error) {
      const waitMs = pauseBeforeRetry(error, method, pauseMs);
      if (waitMs === undefined) throw error;
      await delay(waitMs, undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
    }
  }
  return ask();
}

async function exchangeOnce(
  link: Link,
  connection: ApiConnection,
  request: ApiRequest,
): Promise<string> {
  const { body, mediaType = 'application/json', options } = request;
  const headers = {
    ...headersOf(connection, request.method, targetOf(request.path, options?.query)),
    ...(body !== undefined && { 'content-type': mediaType }),
  };
  const stream = await openStream(link, headers, body === undefined, options?.signal);
  // A stream of a session that is no more may never close by itself.
  const timer = setTimeout(() => stream.destroy(new Error(late)), answerTimeoutMs);
  try {
    if (body !== undefined) stream.end(body);
    const { status, text } = await readAnswer(stream, connection.server, options?.signal);
    if (status < 200 || status > 299) throw new ApiError(status, readStatus(text, status));
    return text;
  } finally {
    clearTimeout(timer);
  }
}

/** Milliseconds to wait, or undefined when asking again is not safe or not promising. */
function pauseBeforeRetry(error: unknown, method: Method, pauseMs: number): number | undefined {
  if (error instanceof UnreachableError) {
    const isSafe = !error.wasSent || method === 'GET';
    return isSafe ? pauseMs * (0.5 + Math.random()) : undefined;
  }
  if (!(error instanceof ApiError)) return undefined;
  const seconds = error.status.details?.retryAfterSeconds;
  const isTooMuch = error.code === 429 && error.reason === 'TooManyRequests';
  // Upstream's eviction answers 429 as well: without "retry after" it is a refusal.
  if (!isTooMuch || seconds === undefined || seconds > longestRetryAfterSeconds) return undefined;
  return seconds * 1000;
}

/** A stream that the signal cancels. @throws UnreachableError, or the signal's reason */
export async function openStream(
  link: Link,
  headers: OutgoingHttpHeaders,
  endStream: boolean,
  signal: AbortSignal | undefined,
): Promise<ClientHttp2Stream> {
  signal?.throwIfAborted();
  const stream = await link.open(headers, endStream);
  // Errors are told again by `close`, where everybody waits.
  stream.on('error', () => undefined);
  if (!signal) return stream;
  const cancel = () => stream.close(constants.NGHTTP2_CANCEL);
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  stream.once('close', () => signal.removeEventListener('abort', cancel));
  return stream;
}

async function readAnswer(
  stream: ClientHttp2Stream,
  server: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly status: number; readonly text: string }> {
  const chunks: Buffer[] = [];
  const status = whenAnswered(stream);
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const isWhole = await untilClosed(stream);
  signal?.throwIfAborted();
  if (!isWhole) throw broken(stream, server);
  return { status: status(), text: Buffer.concat(chunks).toString() };
}

/** The answer's status code; 0 as long as there is none. */
export function whenAnswered(stream: ClientHttp2Stream): () => number {
  let status = 0;
  stream.once('response', (headers) => {
    status = headers[':status'] ?? 0;
  });
  return () => status;
}

/** Resolves to whether the answer came to its end, instead of breaking off. */
export async function untilClosed(stream: ClientHttp2Stream): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let isEnded = false;
  let isAnswered = false;
  stream.once('response', () => {
    isAnswered = true;
  });
  stream.once('end', () => {
    isEnded = true;
  });
  stream.once('close', () => {
    const isClean = stream.rstCode === constants.NGHTTP2_NO_ERROR && !stream.aborted;
    resolve(isAnswered && isEnded && isClean && !stream.errored);
  });
  return promise;
}

/** The stream ended without its answer: who knows whether the server saw the request. */
export function broken(stream: ClientHttp2Stream, server: string): UnreachableError {
  const cause: unknown = stream.errored;
  const why = cause ? messageOf(cause) : 'the answer broke off';
  return new UnreachableError(`${server}: ${why}`, !isRefusedUnseen(stream), cause);
}

export function headersOf(
  connection: ApiConnection,
  method: Method,
  target: string,
): OutgoingHttpHeaders {
  return {
    ':method': method,
    ':path': target,
    accept: 'application/json',
    'user-agent': connection.userAgent,
    ...(connection.token && { authorization: `Bearer ${connection.token}` }),
  };
}

export function targetOf(path: string, query: RequestOptions['query']): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
}

/** A refusal's Status; a server in between may answer in plain text. */
export function readStatus(text: string, code: number): Status {
  try {
    const parsed: unknown = JSON.parse(text);
    // The border: a refusal in JSON is a `metav1.Status`.
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // Not JSON: the text is the message.
  }
  return { code, message: text.trim() || `the server answered ${code}` };
}
