/** What a request asks of the proxy itself. */
import { headerValue } from '../kit/http/head.ts';
import { applicationAuthorizationHeader, rewriteHeader } from './headers.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { refusal } from './refusal.ts';

export interface Wishes {
  /** The application's own `Authorization`, which cannot come under its name: that one is the server's. */
  readonly authorization: string | null;
  /** Whether links and redirects of the answer are to lead through the proxy. */
  readonly isRewritten: boolean;
}

interface Allowed {
  readonly allowsApplicationAuthorization?: boolean;
}

/** @throws StatusError 400 for what is not to be had. */
export function readWishes(
  { headers, query }: IncomingRequest,
  { allowsApplicationAuthorization = false }: Allowed,
): Wishes {
  if (asksForDryRun(query)) throw refusal('no-dry-run');
  const authorization = headerValue(headers, applicationAuthorizationHeader.toLowerCase());
  if (authorization !== null && !allowsApplicationAuthorization) {
    throw refusal('application-authorization-refused');
  }
  const rewriting = headerValue(headers, rewriteHeader.toLowerCase());
  if (rewriting !== null && rewriting !== 'none') {
    throw refusal('unknown-rewriting');
  }
  return { authorization, isRewritten: rewriting === null };
}

function asksForDryRun(query: string): boolean {
  return query !== '' && new URLSearchParams(query.slice(1)).has('dryRun');
}
