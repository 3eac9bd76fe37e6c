/** The way of every request: audit id, authentication, authorization, routing, handler, answer. */
import type { Aggregator } from './aggregation/aggregator.ts';
import type { Authenticator } from './authentication.ts';
import type { Authorizer } from './authorization.ts';
import { beginRequest } from './begun-request.ts';
import { proxiedResource } from '../../proxies/apiserver-proxy/proxied-resource.ts';
import { signalOf } from '../../proxies/kit/http/answer-signal.ts';
import type { HttpRequest, HttpResponse } from '../../proxies/kit/http/server-exchange.ts';
import type { Kubelets } from './kubelet/kubelets.ts';
import type { MountedProxy } from './proxy/mounted-proxy.ts';
import type { UpgradedConnection } from '../../proxies/kit/http/server-exchange.ts';
import type { Health } from '../../proxies/kit/apiserver/health.ts';
import { demandClear } from '../../proxies/apiserver-proxy/clear-request.ts';
import { isBehindLast, makeLast } from '../../proxies/kit/http/last-request.ts';
import { isLongRunning, type InFlight } from './in-flight.ts';
import type { Metrics } from './metrics.ts';
import type { RoleIndex } from './rbac/role-index.ts';
import type { ApiStore } from './registry.ts';
import {
  respondWithJson,
  respondWithStatus,
  respondWithText,
} from '../../proxies/kit/apiserver/respond.ts';
import { route } from './route.ts';
import type { ApiSettings } from './settings.ts';
import { endUnread, RequestTimeout, withinTime } from './request-timeout.ts';
import { whenBegun } from './when-begun.ts';
import { StatusError, statusErrorOf } from './status.ts';
import type { ServiceAccountTokens } from './tokens/service-account-tokens.ts';

export interface FrontOptions {
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  /** The rules of a stored role, for who may bind it. */
  readonly rulesOfRole: RoleIndex['rulesOfRole'];
  readonly serviceAccounts: ServiceAccountTokens | undefined;
  readonly store: ApiStore;
  readonly settings: ApiSettings;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly inFlight: InFlight;
  readonly kubelets: Kubelets;
  readonly proxy: MountedProxy;
  readonly aggregator: Aggregator;
  /** How long a short request may take with its body. */
  readonly requestTimeoutMs: number;
  /** Ends with the server: whatever waits, stops. */
  readonly closing: AbortSignal;
  readonly audit: ((line: string) => void) | undefined;
  log(line: string): void;
}

/** Answers one request, whatever it is; never rejects. */
export async function handle(
  request: HttpRequest,
  response: HttpResponse,
  options: FrontOptions,
  offered?: UpgradedConnection,
): Promise<void> {
  if (isBehindLast(request)) return;
  const begun = beginRequest(request, options);
  if (!begun) {
    makeLast(request, response);
    return respondWithText({ request, response }, 400, '400 Bad Request');
  }
  const { info } = begun;
  const { kubelets, proxy } = options;
  for (const [name, value] of Object.entries(begun.headers)) response.setHeader(name, value);
  response.once('close', () => begun.ended(response.statusCode ?? 0));
  // Whoever keeps this connection finds another apiserver for the next request.
  if (options.closing.aborted && request.httpVersion === '1.1') {
    response.setHeader('Connection', 'close');
  }
  const upgrade = isLongRunning(info) ? whenBegun(response, offered, begun.started) : offered;
  const answer = { request, response, query: info.query };
  try {
    demandClear(request, response);
    const user = await begun.admit().catch((error: unknown) => {
      // As upstream's filters: a message that names what was asked for is nothing to guess a type from.
      if (error instanceof StatusError && error.code === 403) {
        response.setHeader('X-Content-Type-Options', 'nosniff');
      }
      const resource = proxiedResource(info);
      if (resource) {
        const { namespace, name: id } = info;
        proxy.refused({ request, requestId: begun.id, resource, namespace, id }, error);
      }
      throw error;
    });
    const signal = signalOf(response, options.closing);
    const routed = route(
      { request, response, info, user, signal, upgrade, requestId: begun.id, kubelets, proxy },
      options,
    );
    const reply = isLongRunning(info)
      ? await routed
      : await withinTime(routed, options.requestTimeoutMs);
    if (reply) await respondWithJson(answer, reply.status, reply.body, reply.headers);
  } catch (error) {
    // As JSON: a path may have newlines in it, which begin no line of the log.
    if (!(error instanceof StatusError)) {
      options.log(`${JSON.stringify(info.path)}: ${describe(error)}`);
    }
    if (error instanceof RequestTimeout) endUnread(response);
    if (response.headersSent) response.destroy();
    else await respondWithStatus(answer, statusErrorOf(error)).catch(() => response.destroy());
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
