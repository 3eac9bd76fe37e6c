/** `ANY /live/via/<proxy>/*`: a reader's own request, sent through a running proxy. */
import type { IncomingHttpHeaders } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { sendAnswer } from './answer-lines.ts';
import { proxyOf, type LiveBackend } from './backend.ts';
import { hopLine, lineType, openLines, type Exchange } from './exchange.ts';
import { LiveError } from './live-error.ts';
import { permit, permitProxied, type ViaStation } from './policy.ts';
import { sendThroughProxy, type ProxiedAnswer } from './proxied-request.ts';
import { readBody } from './request-body.ts';
import type { Visit, Visitors } from './visitors.ts';

const maxBodyBytes = 256 * 1024;
const maxAnswerBytes = 1024 * 1024;
const maxStreamMs = 50_000;

/** What of a reader's headers goes on: what a request is made of, never who the reader is. */
const forwarded = [
  'content-type',
  'user-agent',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
] as const;

/** What of the answer stays behind: what belongs to the connection, to this site, or to its policy. */
const keptBack =
  /^(connection|keep-alive|proxy-|te$|trailer|transfer-encoding|upgrade|set-cookie|content-security-policy|x-content-type-options|x-frame-options|access-control-|clear-site-data|strict-transport-security|alt-svc|refresh|link$|service-worker)/i;

export interface ViaOptions {
  readonly backend: LiveBackend;
  readonly station: ViaStation;
  /** The raw target behind the prefix. */
  readonly target: string;
  readonly visitors: Visitors | null;
}

/** @throws LiveError where the policy refuses, `body-too-large`, `not-here`, `proxy-failed` */
export async function runVia(options: ViaOptions, exchange: Exchange): Promise<void> {
  const { request, signal } = exchange;
  const { target, station, visitors } = options;
  const proxy = proxyOf(options.backend, station);
  const method = request.method ?? 'GET';
  const visit = await writingVisit(options, method, exchange);
  const body = await readBody(request, maxBodyBytes);
  if (visit) visitors?.charge(visit, body.length);
  const outgoing = {
    method,
    target,
    headers: {
      ...forwardedHeaders(request.headers),
      ...(visit && { Authorization: `Bearer ${visit.token}` }),
    },
    body: body.length > 0 ? body : undefined,
  };

  if (!asksForLines(request.headers)) {
    using answer = await sendThroughProxy(proxy, outgoing, () => undefined, signal);
    await passOn(answer, `/live/via/${station}`, exchange);
    return;
  }
  const startedAt = performance.now();
  const send = openLines(exchange);
  using answer = await sendThroughProxy(
    proxy,
    outgoing,
    (hop) => send(hopLine(hop, exchange.translate)),
    signal,
  );
  await answer.traced();
  const streamMs = isStream(target, answer) ? maxStreamMs : undefined;
  const limits = { streamMs, maxBytes: maxAnswerBytes };
  const { isCut } = await sendAnswer(answer, limits, send);
  const { status } = answer;
  const tookMs = Math.round(performance.now() - startedAt);
  const text = exchange.translate('hops:results.answered', { status, tookMs });
  send({ type: 'result', result: 'answered', status, tookMs, isCut, text });
  exchange.response.end();
}

/** The visit in whose name a write is made, in its own namespace; null: the proxy's own name will do. */
async function writingVisit(
  { backend, station, target, visitors }: ViaOptions,
  method: string,
  { request, response }: Exchange,
): Promise<Visit | null> {
  if (station === 'apiserver-proxy') {
    permitProxied({ method, target });
    return null;
  }
  const permitted = permit({ method, target });
  if (permitted.kind === 'read') return null;
  if (backend.kind === 'cluster' || !visitors) throw new LiveError('read-only');
  if (permitted.kind === 'trial') return null;
  const visit = await visitors.welcome(request, response);
  if (permitted.namespace !== visit.namespace) {
    throw new LiveError('outside-namespace', { namespace: visit.namespace });
  }
  return visit;
}

/** Lines are asked for beside the types that are meant for the apiserver. */
function asksForLines({ accept = '' }: IncomingHttpHeaders): boolean {
  return accept.split(',').some((type) => type.trim().startsWith(lineType));
}

function forwardedHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const types = (headers.accept ?? '')
    .split(',')
    .map((type) => type.trim())
    .filter((type) => type !== '' && !type.startsWith(lineType));
  const sent = [
    ...forwarded.map((name) => [name, headers[name]] as const),
    ['accept', types.join(', ') || undefined] as const,
  ];
  return Object.fromEntries(
    sent.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function isStream(target: string, { body }: ProxiedAnswer): boolean {
  const isAsked = /[?&](watch|follow)=(1|t|true)(&|$)/i.test(target);
  return isAsked || body.headers['content-type']?.startsWith('text/event-stream') === true;
}

async function passOn(answer: ProxiedAnswer, prefix: string, { response, signal }: Exchange) {
  for (const [name, value] of answer.headers) {
    if (keptBack.test(name)) continue;
    if (name.toLowerCase() !== 'location') response.appendHeader(name, value);
    else if (/^\/(?!\/)/.test(value)) response.setHeader(name, prefix + value);
  }
  response.setHeader('Cache-Control', 'no-store');
  response.writeHead(answer.status);
  response.flushHeaders();
  await pipeline(answer.body, response, { signal });
}
