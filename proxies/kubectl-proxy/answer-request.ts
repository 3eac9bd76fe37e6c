/** Decides who answers a request: an answer of our own, the static files, or the apiserver. */
import { headerValue, badRequest } from '../kit/http/head.ts';
import { shownTarget } from '../kit/http/header-changes.ts';
import { klogLine } from '../kit/klog.ts';
import {
  badAsterisk,
  expectationFailed,
  forbidden,
  moved,
  notFound,
  optionsOfServer,
} from './answers.ts';
import type { Answer } from './answers.ts';
import type { ClientConnection } from './client-connection.ts';
import type { Exchange } from './exchange.ts';
import type { ClientRequest } from './client-request.ts';
import type { ProxyContext } from './context.ts';
import { FileServing } from './file-serving.ts';
import { Forwarding } from './forward.ts';
import { HopRecorder } from './hop-recorder.ts';
import type { Decision } from './hop-recorder.ts';
import { prepareRequest } from './prepare.ts';
import type { Route } from './routes.ts';
import { isUpgrade, Upgrading } from './upgrade.ts';

/** Returns the exchange that goes on, or null where the request is answered already. */
export function answerRequest(
  context: ProxyContext,
  client: ClientConnection,
  request: ClientRequest,
): Exchange | null {
  const hops =
    context.onHop === null
      ? null
      : new HopRecorder(context.onHop, client.socket, request, context.upstream.server.authority);
  const answer = (made: Answer, decision: Decision): null => {
    hops?.decided(decision, made.status);
    const { isLast } = client.send(request, made);
    client.finish(isLast);
    return null;
  };

  const { method, target, headers } = request.head;
  if (request.hasUnknownExpectation) {
    return answer(expectationFailed, { key: 'expectation-failed', values: {} });
  }
  const host = headerValue(headers, 'host') ?? '';
  const route = context.routes.match({ method, target, host });
  switch (route.kind) {
    case 'bad-request':
      if (route.reason === 'asterisk')
        return answer(badAsterisk, { key: 'bad-target', values: {} });
      hops?.decided({ key: 'bad-target', values: {} }, 400);
      client.refuse(badRequest);
      return null;
    case 'options':
      return answer(optionsOfServer, { key: 'options', values: {} });
    case 'redirect': {
      const { location, page } = route;
      return answer(moved(location, page), {
        key: 'redirected',
        values: { location: shownTarget(location) },
      });
    }
    case 'not-found':
      return answer(notFound, { key: 'not-found', values: {} });
    case 'files': {
      if (context.www === null) return answer(notFound, { key: 'not-found', values: {} });
      hops?.decided({ key: 'file', values: { path: route.path } }, null);
      const serving = new FileServing(client, request);
      void serving.start(context.www, route.path, route.query);
      return serving;
    }
    case 'api':
      break;
  }

  const verdict = context.filter?.judge({ method, path: route.path, host: route.host });
  if (verdict?.accepted === false) {
    const { flag, pattern } = verdict.rule;
    const refusal = `Refused ${method} ${shownTarget(target)} for ${route.host} by --${flag}=${pattern}`;
    context.log(klogLine('I', 'hop', refusal));
    return answer(forbidden(verdict.rule), { key: 'refused', values: { flag, pattern } });
  }
  hops?.decided(
    verdict === undefined
      ? { key: 'unfiltered', values: { path: route.path } }
      : { key: 'accepted', values: { path: route.path, host: route.host } },
    null,
  );
  return forward(context, client, request, route, hops);
}

function forward(
  context: ProxyContext,
  client: ClientConnection,
  request: ClientRequest,
  { target }: Route & { readonly kind: 'api' },
  hops: HopRecorder | null,
): Exchange {
  const isUpgrading = isUpgrade(request);
  const prepared = prepareRequest(context.upstream, request, {
    target: context.serverPath + target,
    clientAddress: client.address,
    isUpgrade: isUpgrading,
  });
  if (isUpgrading) {
    const upgrading = new Upgrading(context, client, request, hops);
    void upgrading.start(prepared);
    return upgrading;
  }
  const forwarding = new Forwarding(context, client, request, hops);
  forwarding.start(prepared);
  return forwarding;
}
