/** The paths that tell of this apiserver itself: its health, its metrics, the issuer of its tokens. */
import type { Exchange } from './exchange.ts';
import { respondWithBytes, respondWithText } from '../../proxies/kit/apiserver/respond.ts';
import type { RouteOptions } from './route.ts';
import { methodNotAllowed } from './status.ts';
import { issuerDocument } from './tokens/issuer-document.ts';

/** False where the path is none of these. */
export async function answerOwnPath(exchange: Exchange, options: RouteOptions): Promise<boolean> {
  const { path, query } = exchange.info;
  const { method } = exchange.request;
  const health = options.health?.answer(path, query);
  if (health) {
    await respondWithText(exchange, health.status, health.text);
    return true;
  }
  const document = documentOf(path, options);
  if (!document) return false;
  if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed();
  const { contentType, cacheControl } = document;
  await respondWithBytes(exchange, 200, Buffer.from(document.text), {
    'Content-Type': contentType,
    ...(cacheControl === undefined ? {} : { 'Cache-Control': cacheControl }),
  });
  return true;
}

interface OwnDocument {
  readonly contentType: string;
  readonly text: string;
  readonly cacheControl?: string;
}

function documentOf(
  path: string,
  { metrics, serviceAccounts }: RouteOptions,
): OwnDocument | undefined {
  if (path === '/metrics' && metrics) {
    return { contentType: 'text/plain; version=0.0.4; charset=utf-8', text: metrics.text() };
  }
  return serviceAccounts && issuerDocument(path, serviceAccounts);
}
