/** Writes answers: JSON or YAML, indented for people, compressed when large. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Json } from '../api/json.ts';
import { headerOf, type HttpRequest, type HttpResponse } from '../http/server-exchange.ts';
import { isTrue } from './request-info.ts';
import type { StatusError } from '../api/status-error.ts';

const compress = promisify(gzip);

/** Upstream compresses from this size on, at gzip's fastest level. */
const compressFromBytes = 128 * 1024;

/** Browsers and command-line clients get indented JSON (upstream: `isPrettyPrint`). */
const people = /^(curl|Wget|Mozilla\/5\.0)/;

export function isForPeople(request: HttpRequest, query: URLSearchParams): boolean {
  const pretty = query.get('pretty');
  return pretty === null ? people.test(headerOf(request, 'user-agent')) : isTrue(pretty);
}

/** Text that is JSON already, made once and kept, such as a large list. */
export class JsonText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export interface Answer {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  readonly query: URLSearchParams;
}

/** Answers with an object, in the media type and the form the client asked for. */
export async function respondWithJson(
  { request, response, query }: Answer,
  status: number,
  body: Json | JsonText,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const isYaml = wantsYaml(request);
  const text = isYaml
    ? (await import('./write-yaml.ts')).writeYaml(toValue(body))
    : isForPeople(request, query)
      ? JSON.stringify(toValue(body), null, 2)
      : `${body instanceof JsonText ? body.text : JSON.stringify(body)}\n`;
  await respondWithBytes({ request, response }, status, Buffer.from(text), {
    'Content-Type': isYaml ? 'application/yaml' : 'application/json',
    ...headers,
  });
}

export async function respondWithStatus(answer: Answer, error: StatusError): Promise<void> {
  const seconds = error.details?.retryAfterSeconds;
  await respondWithJson(
    answer,
    error.code,
    error.toStatus(),
    seconds === undefined ? {} : { 'Retry-After': String(seconds) },
  );
}

/** Go's `http.Error`: for paths that no handler is registered for. */
export async function respondWithText(
  answer: Pick<Answer, 'request' | 'response'>,
  status: number,
  text: string,
): Promise<void> {
  await respondWithBytes(answer, status, Buffer.from(text), {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
  });
}

export async function respondWithBytes(
  { request, response }: Pick<Answer, 'request' | 'response'>,
  status: number,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  if (response.headersSent) return;
  const isCompressed =
    body.length >= compressFromBytes &&
    /(^|[,\s])gzip\b/.test(headerOf(request, 'accept-encoding'));
  const bytes = isCompressed ? await compress(body, { level: 1 }) : body;
  response.writeHead(status, {
    ...headers,
    ...(isCompressed ? { 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' } : {}),
    'Content-Length': bytes.length,
  });
  response.end(request.method === 'HEAD' ? '' : bytes);
}

/** The first media range that can be served decides. */
function wantsYaml(request: HttpRequest): boolean {
  const types = headerOf(request, 'accept')
    .split(',')
    .map((range) => (range.split(';')[0] ?? '').trim());
  return (
    types.find((type) => type === 'application/yaml' || jsonRanges.has(type)) === 'application/yaml'
  );
}

const jsonRanges = new Set(['application/json', 'application/*', '*/*']);

function toValue(body: Json | JsonText): Json {
  return body instanceof JsonText ? (JSON.parse(body.text) as Json) : body;
}
