/** From a request that may be made to its handler. */
import { headerOf } from '../../proxies/kit/http/server-exchange.ts';
import type { Exchange } from './exchange.ts';
import type { FrontOptions } from './front.ts';
import type { Call, Reply } from './handlers/call.ts';
import { create } from './handlers/create.ts';
import { remove, removeCollection } from './handlers/delete.ts';
import { get, list } from './handlers/read.ts';
import { patchOrApply } from './handlers/apply.ts';
import { update } from './handlers/update.ts';
import { watch } from './handlers/watch.ts';
import { pageNotFound, routePath } from './path-router.ts';
import { findResource, isServed } from './resource-table.ts';
import type { RequestInfo } from '../../proxies/kit/apiserver/request-info.ts';
import type { Resource, Verb } from './resource.ts';
import { answerOwnPath } from './own-paths.ts';
import { methodNotAllowed, noSuchResource, notAcceptable } from './status.ts';

type Handler = (call: Call) => Promise<Reply>;

const handlers: Readonly<Record<Verb, Handler>> = {
  get,
  list,
  watch,
  create,
  update,
  patch: patchOrApply,
  delete: remove,
  deletecollection: removeCollection,
};

/** What the handlers need, and what only an apiserver that runs has. */
export type RouteOptions = Pick<FrontOptions, 'store' | 'settings' | 'authorizer'> &
  Partial<
    Pick<
      FrontOptions,
      'authenticator' | 'rulesOfRole' | 'serviceAccounts' | 'health' | 'metrics' | 'aggregator'
    >
  >;

export async function route(exchange: Exchange, options: RouteOptions): Promise<Reply> {
  const { aggregator } = options;
  const claimant = aggregator?.claimantOf(exchange.info.path);
  if (aggregator && claimant) {
    await aggregator.serve(exchange, claimant);
    return null;
  }
  if (!exchange.info.isResource) {
    return (await answerOwnPath(exchange, options)) ? null : routePath(exchange, aggregator);
  }
  const { group, version, resource: plural, subresource, verb, isNamed } = exchange.info;
  const resource = findResource(group, version, plural);
  // Only where nothing is served at all, the answer is no Status (recorded case `old-style /api/v1/proxy/...`).
  if (!isServed(group, version)) return pageNotFound(exchange);
  if (!resource || verb === 'proxy') throw noSuchResource();
  const part = resource.subresources?.find((one) => one.name === subresource);
  if (!part?.answersItself) demandAcceptable(exchange);
  const { store, settings, authorizer, authenticator, rulesOfRole, serviceAccounts } = options;
  const call: Call = {
    ...exchange,
    resource,
    store: resource.view?.(store) ?? store,
    settings,
    authorizer,
    ...(authenticator ? { authenticator } : {}),
    ...(rulesOfRole ? { rulesOfRole } : {}),
    serviceAccounts,
  };
  const isPlaced = isInPlace(resource, exchange.info);
  // Namespaced objects can be listed from everywhere, and reached only in their namespace.
  if (!isPlaced && (isNamed || !resource.namespaced)) throw noSuchResource();

  if (subresource !== '' && subresource !== 'status') {
    if (!part) throw noSuchResource();
    const { method = '' } = exchange.request;
    const isTaken = part.verbs.includes(verb as Verb) || part.methods?.includes(method);
    if (!isTaken) throw methodNotAllowed();
    return part.connect(call);
  }
  if (subresource === 'status' && !resource.hasStatus) throw noSuchResource();
  const isOffered =
    subresource === 'status'
      ? verb === 'get' || verb === 'patch' || verb === 'update'
      : resource.verbs.includes(verb as Verb);
  const isShaped = isOffered && shapes[verb as Verb](isNamed, isPlaced);
  if (!isShaped) throw methodNotAllowed();
  return handlers[verb as Verb](call);
}

/** A namespace stands in itself, and in no other: whoever may do anything there stays there. */
function isInPlace(
  { kind, namespaced }: Resource,
  { namespace, name, isNamed }: RequestInfo,
): boolean {
  if (kind === 'Namespace') return namespace === (isNamed ? name : '');
  return namespaced === (namespace !== '');
}

/** A client that takes none of what we write is told so, as one that insists on protobuf. */
function demandAcceptable({ request }: Exchange): void {
  const accept = headerOf(request, 'accept');
  if (accept === '' || acceptable.test(accept)) return;
  throw notAcceptable(['application/json', 'application/yaml']);
}

const acceptable = /(^|,)\s*(\*\/\*|application\/(\*|json|yaml))\s*(;|,|$)/;

/** Whether a verb goes with a path that names an object, and with one that names its namespace. */
const shapes: Readonly<Record<Verb, (isNamed: boolean, isPlaced: boolean) => boolean>> = {
  get: (isNamed) => isNamed,
  update: (isNamed) => isNamed,
  patch: (isNamed) => isNamed,
  delete: (isNamed) => isNamed,
  list: () => true,
  watch: () => true,
  create: (isNamed, isPlaced) => !isNamed && isPlaced,
  deletecollection: (isNamed, isPlaced) => !isNamed && isPlaced,
};
