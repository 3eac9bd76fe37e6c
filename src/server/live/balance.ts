/** `POST /live/balance/<proxy>`: many requests to one Service, and which of its pods answered each. */
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { json } from 'node:stream/consumers';
import * as z from 'zod';
import { balanced, evenness } from '../../balance.ts';
import { proxyOf, type LiveBackend } from './backend.ts';
import { openLines, type Exchange } from './exchange.ts';
import type { LiveLine } from './lines.ts';
import { LiveError } from './live-error.ts';
import { introduce, type RunningProxy } from './running-proxy.ts';
import { createTurns } from './turns.ts';

const service = `/api/v1/namespaces/${balanced.namespace}/services/${balanced.service}:${balanced.port}/proxy/`;
const endpoints = `/api/v1/namespaces/${balanced.namespace}/endpoints/${balanced.service}`;
const atOnce = 4;

/** So many requests take their share of the machine: one reader after the other. */
const turns = createTurns(1, 8);

/** How many requests each pod answered, in the order of their names. */
export type PodCounts = readonly { readonly pod: string; readonly count: number }[];

/** @throws LiveError `not-here`, `not-ready`, `busy`, `proxy-failed` */
export async function runBalance(backend: LiveBackend, exchange: Exchange): Promise<void> {
  const proxy = proxyOf(backend, 'apiserver-proxy');
  using turn = new DisposableStack();
  turn.use(await turns.take(exchange.signal));
  const startedAt = performance.now();
  const send = openLines(exchange);
  const pods = await countAnswers(proxy, send, exchange.signal);
  const { result, figures } = evenness(pods.map(({ count }) => count));
  const tookMs = Math.round(performance.now() - startedAt);
  const values = { ...figures, requests: balanced.requests };
  const text = exchange.translate(`interface:balance.${result}`, values);
  send({ type: 'result', result, tookMs, text });
  exchange.response.end();
}

/** Tells the pods, then each answer as it comes. */
export async function countAnswers(
  proxy: RunningProxy,
  send: (line: LiveLine) => void,
  signal: AbortSignal,
): Promise<PodCounts> {
  using owned = new DisposableStack();
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce, ...introduce(proxy).tls });
  owned.defer(() => agent.destroy());
  const asking = { proxy, agent, signal };
  const { subsets } = await ask(asking, endpoints, endpointsSchema);
  const ready = subsets.flatMap(({ addresses }) => addresses.map((one) => one.targetRef.name));
  const counts = new Map(ready.toSorted().map((pod) => [pod, 0]));
  send({ type: 'pods', pods: [...counts.keys()] });
  let left = balanced.requests;
  const askOn = async () => {
    while (left > 0) {
      left -= 1;
      const { pod } = await ask(asking, service, echoSchema);
      counts.set(pod.name, (counts.get(pod.name) ?? 0) + 1);
      send({ type: 'pick', pod: pod.name });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, askOn));
  return [...counts].map(([pod, count]) => ({ pod, count }));
}

const endpointsSchema = z.object({
  subsets: z
    .array(
      z.object({
        addresses: z.array(z.object({ targetRef: z.object({ name: z.string() }) })).default([]),
      }),
    )
    .default([]),
});

const echoSchema = z.object({ pod: z.object({ name: z.string() }) });

interface Asking {
  readonly proxy: RunningProxy;
  readonly agent: Agent;
  readonly signal: AbortSignal;
}

async function ask<T>(
  { proxy, agent, signal }: Asking,
  path: string,
  schema: z.ZodType<T>,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { hostname: host, port } = proxy;
  const { headers } = introduce(proxy);
  const request = httpsRequest({ host, port, path, headers, agent, signal }, resolve);
  request.on('error', reject);
  request.end();
  try {
    return schema.parse(await json(await promise));
  } catch (cause) {
    signal.throwIfAborted();
    throw new LiveError('proxy-failed', { address: proxy.address }, {}, cause);
  }
}
