/** Decides who answers a request: an answer of our own, the static files, or the apiserver. */
import { headerValue } from '../kit/http/head.ts';
import {
  badAsterisk,
  expectationFailed,
  forbidden,
  moved,
  notFound,
  optionsOfServer,
} from './answers.ts';
import type { Answer } from './answers.ts';
import { klogLine } from '../kit/klog.ts';
import type { ClientConnection, Exchange } from './client-connection.ts';
import type { ClientRequest } from './client-request.ts';
import type { ProxyContext } from './context.ts';
import { Forwarding } from './forward.ts';
import { isUpgrade, Upgrading } from './upgrade.ts';
import { prepareRequest } from './prepare.ts';

/** Returns the exchange that goes on, or null where the request is answered already. */
export function answerRequest(
  context: ProxyContext,
  client: ClientConnection,
  request: ClientRequest,
): Exchange | null {
  const { method, target, headers } = request.head;
  if (request.hasUnknownExpectation) return answerNow(client, request, expectationFailed);

  const host = headerValue(headers, 'host') ?? '';
  const route = context.routes.match({ method, target, host });
  switch (route.kind) {
    case 'bad-request':
      if (route.reason === 'asterisk') return answerNow(client, request, badAsterisk);
      client.refuse({ refused: 400, detail: null });
      return null;
    case 'options':
      return answerNow(client, request, optionsOfServer);
    case 'redirect':
      return answerNow(client, request, moved(route.location, route.page));
    case 'not-found':
      return answerNow(client, request, notFound);
    case 'files':
      return answerNow(client, request, notFound);
    case 'api':
      break;
  }

  const verdict = context.filter?.judge({ method, path: route.path, host: route.host });
  if (verdict?.accepted === false) {
    const { flag, pattern } = verdict.rule;
    context.log(klogLine('I', 'filter', `Refused ${method} ${target} by --${flag}=${pattern}`));
    return answerNow(client, request, forbidden(verdict.rule));
  }
  return forward(context, client, request, route.target);
}

function answerNow(client: ClientConnection, request: ClientRequest, answer: Answer): null {
  const { isLast } = client.send(request, answer);
  client.finish(isLast);
  return null;
}

function forward(
  context: ProxyContext,
  client: ClientConnection,
  request: ClientRequest,
  target: string,
): Exchange {
  const isUpgrading = isUpgrade(request);
  const prepared = prepareRequest(context.upstream, request, {
    target,
    shouldAppendServerPath: context.shouldAppendServerPath,
    clientAddress: client.address,
    isUpgrade: isUpgrading,
  });
  if (isUpgrading) {
    const upgrading = new Upgrading(context, client, request);
    void upgrading.start(prepared);
    return upgrading;
  }
  const forwarding = new Forwarding(context, client, request);
  forwarding.start(prepared);
  return forwarding;
}
