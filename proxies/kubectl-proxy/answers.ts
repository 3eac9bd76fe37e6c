/** Answers that the proxy makes itself, byte for byte as Go's server makes them. */
import type { Refusal } from '../kit/http/head.ts';
import { httpDate } from '../kit/http/http-date.ts';
import { statusText } from '../kit/http/status-text.ts';
import { kubectlProxy } from './descriptor.ts';

/** An answer with all of its body at hand. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** The connection ends with it, whatever the client asked for. */
  readonly mustClose?: boolean;
}

type Stated = (typeof kubectlProxy)['errors'][number];

function stated(id: string): Stated {
  const error = kubectlProxy.errors.find((candidate) => candidate.id === id);
  if (error === undefined) throw new Error(`the descriptor has no error ${id}`);
  return error;
}

function contentType({ contentType }: Stated): Answer['headers'] {
  return contentType === null ? [] : [['Content-Type', contentType]];
}

/** Go's `http.Error`. */
function errorAnswer(id: string, body: string): Answer {
  const error = stated(id);
  return {
    status: error.status,
    headers: [...contentType(error), ['X-Content-Type-Options', 'nosniff']],
    body: error.body ?? body,
  };
}

/** An answer that closes the connection and says nothing. */
function bareAnswer(id: string): Answer {
  return { status: stated(id).status, headers: [], body: '', mustClose: true };
}

export const notFound: Answer = errorAnswer('not-found', '');

/** Upstream's exact 403, and one header that names the rule. */
export function forbidden(rule: { readonly flag: string; readonly pattern: string }): Answer {
  const answer = errorAnswer('forbidden', '');
  const value = `--${rule.flag}=${rule.pattern}`.replace(/[^\t\x20-\x7e]/g, '?');
  return { ...answer, headers: [...answer.headers, ['X-Hop-Refused-By', value]] };
}

export function upstreamFailed(text: string): Answer {
  return errorAnswer('upstream', `${text}\n`);
}

export function moved(location: string, page: string | null): Answer {
  const error = stated('moved');
  return {
    status: error.status,
    headers: [...(page === null ? [] : contentType(error)), ['Location', location]],
    body: page ?? '',
  };
}

/** `OPTIONS *`. */
export const optionsOfServer: Answer = { status: 200, headers: [], body: '' };
/** Any other request for `*`. */
export const badAsterisk: Answer = bareAnswer('bad-request');
export const expectationFailed: Answer = bareAnswer('expectation-failed');

/** The text of an answer, head and body. Bodies are ASCII or already one character per byte. */
export function answerText(
  answer: Answer,
  options: { readonly minorVersion: 0 | 1; readonly isHead: boolean; readonly connection: string },
): string {
  const lines = answer.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return (
    `HTTP/1.${options.minorVersion} ${answer.status} ${statusText(answer.status)}\r\n${lines}` +
    `Date: ${httpDate()}\r\nContent-Length: ${answer.body.length}\r\n${options.connection}\r\n` +
    (options.isHead ? '' : answer.body)
  );
}

/** Those that are given before any handler runs, by their status. */
const refusals = new Map(
  ['bad-request', 'header-too-large', 'unsupported-coding', 'unsupported-version']
    .map(stated)
    .map((error) => [error.status, error] as const),
);

/** What Go answers before any handler runs: no Date, no length, and the connection ends. */
export function refusalText({ refused, detail }: Refusal): string {
  const error = refusals.get(refused);
  const line = `${refused} ${statusText(refused)}${detail === null ? '' : `: ${detail}`}`;
  const type = error?.contentType ?? 'text/plain; charset=utf-8';
  return (
    `HTTP/1.1 ${line}\r\nContent-Type: ${type}\r\nConnection: close\r\n\r\n` + (error?.body ?? line)
  );
}
