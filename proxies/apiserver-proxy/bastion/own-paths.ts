/** The paths that tell of the bastion itself; of everything else it says what it serves. */
import { StatusError } from '../../kit/api/status-error.ts';
import type { AuditRecord } from '../../kit/apiserver/audit-trail.ts';
import type { Health } from '../../kit/apiserver/health.ts';
import type { RequestInfo } from '../../kit/apiserver/request-info.ts';
import { methodNotAllowed } from '../../kit/apiserver/refusals.ts';
import { respondWithBytes, respondWithJson, respondWithText } from '../../kit/apiserver/respond.ts';
import type { HttpResponse } from '../../kit/http/server-exchange.ts';
import { prometheusType } from '../../kit/prometheus-text.ts';
import type { Metrics } from './metrics.ts';
import { versionInfo } from './version.ts';

export interface OwnPathOptions {
  readonly health: Health;
  readonly metrics: Metrics;
}

/** False where the path is none of these. @throws StatusError 405 */
export async function answerOwnPath(
  { request, info: { path, query } }: AuditRecord,
  response: HttpResponse,
  { health, metrics }: OwnPathOptions,
): Promise<boolean> {
  const answer = health.answer(path, query);
  if (answer) {
    await respondWithText({ request, response }, answer.status, answer.text);
    return true;
  }
  if (path !== '/metrics' && path !== '/version') return false;
  if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed();
  if (path === '/version') {
    await respondWithJson({ request, response, query }, 200, versionInfo());
  } else {
    await respondWithBytes({ request, response }, 200, Buffer.from(metrics.text()), {
      'Content-Type': prometheusType,
    });
  }
  return true;
}

/** 404, with what there is. */
export function notServed({ path }: Pick<RequestInfo, 'path'>): StatusError {
  return new StatusError(
    404,
    'NotFound',
    `the server could not find the requested resource: ${JSON.stringify(path)} is not served here. ` +
      'This server has /api/v1/nodes/{id}/proxy/, /api/v1/namespaces/{namespace}/pods/{id}/proxy/ and ' +
      '/api/v1/namespaces/{namespace}/services/{id}/proxy/',
    {},
  );
}
