/** The way of every request: audit id, authentication, authorization, routing, handler, answer. */
import { randomUUID } from 'node:crypto';
import { authenticate, type Authentication } from './authentication.ts';
import { refusal, type Authorizer } from './authorization.ts';
import type { HttpRequest, HttpResponse } from './exchange.ts';
import type { ApiStore } from './registry.ts';
import { impersonate } from './impersonation.ts';
import { readRequest, type RequestInfo } from './request-info.ts';
import { respondWithJson, respondWithStatus, respondWithText } from './respond.ts';
import { route } from './route.ts';
import { internalError, StatusError } from './status.ts';

export interface FrontOptions {
  readonly authentication: Authentication;
  readonly authorizer: Authorizer;
  readonly store: ApiStore;
  /** Ends with the server: whatever waits, stops. */
  readonly closing: AbortSignal;
  log(line: string): void;
}

/** Answers one request, whatever it is; never rejects. */
export async function handle(
  request: HttpRequest,
  response: HttpResponse,
  options: FrontOptions,
): Promise<void> {
  response.setHeader('Audit-Id', randomUUID());
  response.setHeader('Cache-Control', 'no-cache, private');
  const info = readInfo(request);
  if (!info) return respondWithText({ request, response }, 400, '400 Bad Request');
  const answer = { request, response, query: info.query };
  try {
    const sender = authenticate(request, options.authentication);
    const user = impersonate(request, sender, options.authorizer);
    const attributes = { ...info, isDryRun: info.query.getAll('dryRun').includes('All') };
    if (!options.authorizer.isAllowed(user, attributes)) throw refusal(user, info);
    const signal = signalOf(response, options.closing);
    const reply = await route({ request, response, info, user, signal }, options);
    if (reply) await respondWithJson(answer, reply.status, reply.body, reply.headers);
  } catch (error) {
    if (!(error instanceof StatusError)) options.log(`${info.path}: ${describe(error)}`);
    const status = error instanceof StatusError ? error : internalError(describe(error));
    await respondWithStatus(answer, status).catch(() => response.destroy());
  }
}

function readInfo(request: HttpRequest): RequestInfo | undefined {
  try {
    return readRequest(request.method ?? 'GET', request.url ?? '/');
  } catch {
    return undefined;
  }
}

function signalOf(response: HttpResponse, closing: AbortSignal): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    closing.removeEventListener('abort', end);
    gone.abort();
  });
  const end = () => {
    gone.abort();
  };
  closing.addEventListener('abort', end);
  return gone.signal;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
