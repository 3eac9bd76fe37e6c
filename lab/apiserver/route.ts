/** From a request that may be made to its handler. */
import type { Exchange } from './exchange.ts';
import type { FrontOptions } from './front.ts';
import type { Call, Reply } from './handlers/call.ts';
import { get, list } from './handlers/read.ts';
import { respondWithBytes, respondWithText } from './respond.ts';
import { findResource } from './resource-table.ts';
import type { Verb } from './resource.ts';
import { methodNotAllowed } from './status.ts';
import { versionText } from './version.ts';

type Handler = (call: Call) => Promise<Reply>;

const handlers: Partial<Readonly<Record<Verb, Handler>>> = {
  get,
  list,
};

export async function route(exchange: Exchange, { store }: FrontOptions): Promise<Reply> {
  return exchange.info.isResource ? routeResource(exchange, store) : routePath(exchange);
}

async function routeResource(exchange: Exchange, store: FrontOptions['store']): Promise<Reply> {
  const { info } = exchange;
  const resource = findResource(info.group, info.version, info.resource);
  if (!resource || (info.namespace !== '' && !resource.namespaced)) return pageNotFound(exchange);
  const handler = handlers[info.verb as Verb];
  if (!handler || !resource.verbs.includes(info.verb as Verb)) throw methodNotAllowed();
  return handler({ ...exchange, resource, store });
}

async function routePath(exchange: Exchange): Promise<Reply> {
  const { path } = exchange.info;
  if (path === '/version' || path === '/version/') {
    await respondWithBytes(exchange, 200, versionText, { 'Content-Type': 'application/json' });
    return null;
  }
  return pageNotFound(exchange);
}

async function pageNotFound(exchange: Exchange): Promise<null> {
  await respondWithText(exchange, 404, '404 page not found\n');
  return null;
}
