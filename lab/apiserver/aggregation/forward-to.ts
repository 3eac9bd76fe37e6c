/** A request on its way to an aggregated API server (upstream: kube-aggregator's `proxyHandler`). */
import { X509Certificate } from 'node:crypto';
import { encodeUtf8, escapePath } from '../../../proxies/kit/http/request-target.ts';
import { respondWithBytes, respondWithText } from '../../../proxies/kit/apiserver/respond.ts';
import type { Exchange } from '../exchange.ts';
import { internalError, StatusError } from '../status.ts';
import type { AggregatorOptions } from './aggregator.ts';
import type { Endpoint } from './backends.ts';
import type { RemoteApi } from './remote-api.ts';
import { userHeaders } from './user-headers.ts';

/** Answers in any case; what cannot be forwarded, in upstream's words and as plain text. */
export async function forwardTo(
  api: RemoteApi,
  exchange: Exchange,
  { rejectsRedirects, log }: Pick<AggregatorOptions, 'rejectsRedirects' | 'log'>,
): Promise<void> {
  const { request, response, signal, upgrade, requestId = '', user, proxy } = exchange;
  const { apiService } = api;
  if (!proxy) throw internalError('this apiserver has no proxy');
  if (!api.isAvailable()) return respondWithText(exchange, 503, 'service unavailable\n');
  const problem = authorityProblem(apiService.tls.authority);
  if (problem !== undefined) return respondWithText(exchange, 500, `${problem}\n`);
  let location: Endpoint;
  try {
    location = api.endpoint();
  } catch (error) {
    const { namespace, name } = apiService.service;
    log(`error resolving ${namespace}/${name}: ${textOf(error)}`);
    return respondWithText(exchange, 503, 'service unavailable\n');
  }
  try {
    await proxy.forward({
      request,
      response,
      upgrade,
      signal,
      requestId,
      target: targetOf(exchange),
      location,
      tls: apiService.tls,
      headers: { ...userHeaders(user), 'Audit-Id': [requestId] },
      rejectsRedirects,
    });
  } catch (error) {
    // A request that nobody should pass on is refused as everywhere.
    if (!(error instanceof StatusError) || error.code < 500) throw error;
    if (error.code !== 502) return respondWithText(exchange, 503, `${error.message}\n`);
    const headers = { 'Content-Type': 'text/plain; charset=utf-8' };
    await respondWithBytes(exchange, 502, Buffer.from(error.message), headers);
  }
}

/** The path that was authorized, escaped anew, so that the two cannot differ; the query as it came. */
function targetOf({ request, info }: Exchange): string {
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  return escapePath(encodeUtf8(info.path)) + (mark === -1 ? '' : target.slice(mark));
}

/** What is wrong with a `caBundle`, in client-go's words. */
function authorityProblem(pem: string | undefined): string | undefined {
  if (pem === undefined) return undefined;
  try {
    new X509Certificate(pem);
    return undefined;
  } catch {
    return 'unable to load root certificates: unable to parse bytes as PEM block';
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
