/** The way of every request through the bastion: audit id, authentication, authorization, the proxy. */
import {
  auditIdOf,
  auditLine,
  sourceAddressOf,
  type AuditRecord,
} from '../../kit/apiserver/audit-trail.ts';
import type { Attributes } from '../../kit/apiserver/attributes.ts';
import type { Health } from '../../kit/apiserver/health.ts';
import { placeOf } from '../../kit/apiserver/proxied-path.ts';
import { internalError } from '../../kit/apiserver/refusals.ts';
import { readRequest, type RequestInfo } from '../../kit/apiserver/request-info.ts';
import { respondWithStatus, respondWithText } from '../../kit/apiserver/respond.ts';
import { StatusError } from '../../kit/api/status-error.ts';
import { signalOf } from '../../kit/http/answer-signal.ts';
import { isBehindLast, makeLast } from '../../kit/http/last-request.ts';
import type {
  HttpRequest,
  HttpResponse,
  UpgradedConnection,
} from '../../kit/http/server-exchange.ts';
import { klogLine } from '../../kit/klog.ts';
import type { ApiserverProxy } from '../proxy.ts';
import type { ProxyCall } from '../proxy-call.ts';
import type { AccessReviewer } from './access-reviewer.ts';
import { demandClear } from '../clear-request.ts';
import { accessLine } from './access-line.ts';
import { demand, impersonate } from './admission.ts';
import type { Authenticator } from './authenticator.ts';
import type { Metrics } from './metrics.ts';
import { answerOwnPath, notServed } from './own-paths.ts';
import { proxiedResource } from '../proxied-resource.ts';

export interface FrontOptions {
  readonly authenticate: Authenticator;
  readonly review: AccessReviewer;
  readonly proxy: ApiserverProxy;
  readonly health: Health;
  readonly metrics: Metrics;
  /** `--authorization-always-allow-paths` */
  readonly isOpen: (path: string) => boolean;
  /** Ends with the server. */
  readonly closing: AbortSignal;
  /** Whether requests should go elsewhere from now on. */
  readonly isDraining: () => boolean;
  /** A line for each request; absent: none. */
  readonly access?: ((line: string) => void) | undefined;
  readonly audit?: ((line: string) => void) | undefined;
  log(line: string): void;
}

/** Answers one request, whatever it is; never rejects. */
export async function handle(
  request: HttpRequest,
  response: HttpResponse,
  options: FrontOptions,
  upgrade?: UpgradedConnection,
): Promise<void> {
  if (isBehindLast(request)) return;
  const info = readInfo(request);
  if (!info) {
    makeLast(request, response);
    await respondWithText({ request, response }, 400, '400 Bad Request');
    return;
  }
  const record: AuditRecord = {
    id: auditIdOf(request),
    request,
    info,
    receivedAt: new Date(),
    sourceAddress: sourceAddressOf(request),
  };
  response.setHeader('Audit-Id', record.id);
  response.setHeader('Cache-Control', 'no-cache, private');
  if (options.isDraining() && request.httpVersion === '1.1') {
    response.setHeader('Connection', 'close');
  }
  // From now on: a client may leave while we ask who it is.
  const signal = signalOf(response, options.closing);
  const ended = options.metrics.started(info);
  response.once('close', () => {
    const code = response.statusCode ?? 0;
    ended(code);
    options.access?.(accessLine(record, code));
    options.audit?.(auditLine(record, 'ResponseComplete', code));
  });
  try {
    demandClear(request, response);
    await serve(record, { response, upgrade, signal }, options);
  } catch (error) {
    // As JSON: a path may have newlines in it, which begin no line of the log.
    if (!(error instanceof StatusError)) {
      options.log(klogLine('E', 'hop', `${JSON.stringify(info.path)}: ${messageOf(error)}`));
    }
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const status = error instanceof StatusError ? error : internalError(messageOf(error));
    if (status.code === 403) response.setHeader('X-Content-Type-Options', 'nosniff');
    const answer = { request, response, query: info.query };
    await respondWithStatus(answer, status).catch(() => response.destroy());
  }
}

async function serve(
  record: AuditRecord,
  client: Pick<ProxyCall, 'response' | 'upgrade' | 'signal'>,
  options: FrontOptions,
): Promise<void> {
  const { response } = client;
  const { request, info } = record;
  // Whoever looks after us need not be known.
  if (options.isOpen(info.path) && (await answerOwnPath(record, response, options))) return;
  const sender = await options.authenticate(request);
  record.user = sender;
  const user = await impersonate(request, sender, options.review);
  if (user !== sender) record.impersonated = user;
  const resource = proxiedResource(info);
  if (resource === undefined && info.isResource) throw notServed(info);
  record.decision = { verdict: 'none', reason: '' };
  await demand(user, attributesOf(info), options.review);
  record.decision = { verdict: 'allow', reason: '' };
  if (resource === undefined) {
    if (await answerOwnPath(record, response, options)) return;
    throw notServed(info);
  }
  await options.proxy.serve({
    ...client,
    request,
    requestId: record.id,
    user: user.name,
    resource,
    namespace: info.namespace,
    id: info.name,
    ...placeOf(info),
  });
}

function readInfo(request: HttpRequest): RequestInfo | undefined {
  try {
    return readRequest(request.method ?? 'GET', request.url ?? '/');
  } catch {
    return undefined;
  }
}

function attributesOf(info: RequestInfo): Attributes {
  const { isResource, verb, group, resource, subresource, namespace, name, path } = info;
  return { isResource, verb, group, resource, subresource, namespace, name, path };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
