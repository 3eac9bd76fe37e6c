/** Compares a response with the recorded one. */
import { createHash } from 'node:crypto';
import { compareHeaders } from './compare-headers.ts';
import { differ, differInText, tellUnless, type Fill } from './difference.ts';
import type { SeenRequest } from './oracle-upstream.ts';
import type { RecordedResponse } from './recorded-case.ts';
import { valueOf } from './responses.ts';

export interface ResponseSurroundings {
  readonly fill: Fill;
  /** The bytes of the recorded upstream requests, filled. */
  readonly recordedRequests: readonly string[];
  readonly seenRequests: readonly SeenRequest[];
}

export function compareResponse(
  expected: RecordedResponse,
  actual: RecordedResponse,
  surroundings: ResponseSurroundings,
): string[] {
  const { fill } = surroundings;
  const isLengthFree =
    isEcho(expected, surroundings) || isErrorText(expected) || fill(expected.body).includes('${');
  const ignored = isLengthFree ? ['content-length'] : [];
  return [
    ...differ('status line', expected.status_line, actual.status_line),
    ...differ('framing', expected.framing, actual.framing),
    ...differ('complete', expected.complete, actual.complete),
    ...compareHeaders('response header', expected.headers, actual.headers, fill, ignored),
    ...compareHeaders('trailer', expected.trailers ?? [], actual.trailers ?? [], fill),
    ...differ('tunnel', fill(expected.tunnel ?? ''), actual.tunnel ?? ''),
    ...compareBody(expected, actual.body, surroundings),
  ];
}

function compareBody(
  expected: RecordedResponse,
  actual: string,
  surroundings: ResponseSurroundings,
): string[] {
  const body = surroundings.fill(expected.body);
  // Empty in an answer to HEAD, which has the length of an echo and no body.
  if (body !== '' && isEcho(expected, surroundings)) {
    const isSeen = surroundings.seenRequests.some(({ raw }) => raw === actual);
    return tellUnless(isSeen, 'body', 'the echo of the request', actual);
  }
  if (isErrorText(expected)) return tellUnless(/^[^\n]+\n$/.test(actual), 'body', body, actual);
  if (expected.body_sha256 !== undefined)
    return differ('hash of the body', expected.body_sha256, sha256(actual));
  if (expected.complete) return differInText('body', body, actual);
  // A stream was cut somewhere: what there is must begin alike.
  const isAlike = actual !== '' && (body.startsWith(actual) || actual.startsWith(body));
  return tellUnless(isAlike || body === actual, 'body', body, actual);
}

/** Whether the upstream sent back what it had received, or, to HEAD, the length of that. */
function isEcho(
  { body, body_truncated, headers }: RecordedResponse,
  { fill, recordedRequests }: ResponseSurroundings,
): boolean {
  const filled = fill(body);
  const length = valueOf(headers, 'content-length');
  return recordedRequests.some(
    (raw) =>
      raw === filled ||
      (body_truncated === true && raw.startsWith(filled)) ||
      (filled === '' && String(raw.length) === length),
  );
}

/** Go's own errors: a cause in its words, which are not ours. */
function isErrorText({ status, headers }: RecordedResponse): boolean {
  return status === 500 && valueOf(headers, 'x-content-type-options') === 'nosniff';
}

function sha256(bytes: string): string {
  return createHash('sha256').update(bytes, 'latin1').digest('hex');
}
