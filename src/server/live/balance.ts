/** `POST /live/balance/<proxy>`: many requests to one Service, and which of its pods answered each. */
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { json } from 'node:stream/consumers';
import * as z from 'zod';
import { balances, evenness, isBalanced, type BalancedProxy } from '../../balance.ts';
import { networkOf, proxyOf, type LiveBackend } from './backend.ts';
import { connectMany } from './connect-many.ts';
import { openLines, type Exchange } from './exchange.ts';
import type { LiveLine } from './lines.ts';
import { LiveError } from './live-error.ts';
import { introduce, type RunningProxy } from './running-proxy.ts';
import { createTurns } from './turns.ts';

const atOnce = 4;

/** So many requests take their share of the machine: one reader after the other. */
const turns = createTurns(1, 8);

/** How many requests each pod answered, in the order of their names. */
export type PodCounts = readonly { readonly pod: string; readonly count: number }[];

/** @throws LiveError `unknown-path`, `not-here`, `not-ready`, `busy`, `proxy-failed`, `connect-failed` */
export async function runBalance(
  backend: LiveBackend,
  id: string,
  exchange: Exchange,
): Promise<void> {
  if (!isBalanced(id)) throw new LiveError('unknown-path', { path: `/live/balance/${id}` });
  // What is not here is said before anybody waits.
  proxyOf(backend, 'apiserver-proxy');
  using turn = new DisposableStack();
  turn.use(await turns.take(exchange.signal));
  const startedAt = performance.now();
  let send: ((line: LiveLine) => void) | undefined;
  const tell = (line: LiveLine) => (send ??= openLines(exchange))(line);
  const pods = await countAnswers(backend, id, tell, exchange.signal);
  const { result, figures } = evenness(pods.map(({ count }) => count));
  const tookMs = Math.round(performance.now() - startedAt);
  const values = { ...figures, requests: balances[id].requests };
  const text = exchange.translate(`interface:balance.${result}`, values);
  tell({ type: 'result', result, tookMs, text });
  exchange.response.end();
}

/** Tells the pods, then each answer as it comes. */
export async function countAnswers(
  backend: LiveBackend,
  id: BalancedProxy,
  send: (line: LiveLine) => void,
  signal: AbortSignal,
): Promise<PodCounts> {
  using owned = new DisposableStack();
  const proxy = proxyOf(backend, 'apiserver-proxy');
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce, ...introduce(proxy).tls });
  owned.defer(() => agent.destroy());
  const asking = { proxy, agent, signal };
  const { namespace, service } = balances[id];
  const path = `/api/v1/namespaces/${namespace}/endpoints/${service}`;
  const { subsets } = await ask(asking, path, endpointsSchema);
  const ready = subsets.flatMap(({ addresses }) => addresses.map((one) => one.targetRef.name));
  const counts = new Map(ready.toSorted().map((pod) => [pod, 0]));
  send({ type: 'pods', pods: [...counts.keys()] });
  await askMany[id](backend, asking, (pod) => {
    counts.set(pod, (counts.get(pod) ?? 0) + 1);
    send({ type: 'pick', pod });
  });
  return [...counts].map(([pod, count]) => ({ pod, count }));
}

type AskMany = (
  backend: LiveBackend,
  asking: Asking,
  onAnswer: (pod: string) => void,
) => Promise<void>;

const askMany: Readonly<Record<BalancedProxy, AskMany>> = {
  'apiserver-proxy': async (_, asking, onAnswer) => {
    const { namespace, service, port, requests } = balances['apiserver-proxy'];
    const path = `/api/v1/namespaces/${namespace}/services/${service}:${port}/proxy/`;
    let left = requests;
    const askOn = async () => {
      while (left > 0) {
        left -= 1;
        onAnswer((await ask(asking, path, echoSchema)).pod.name);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, askOn));
  },
  'kube-proxy': async (backend, { signal }, onAnswer) => {
    const { namespace, service, port, requests } = balances['kube-proxy'];
    const to = { service: `${namespace}/${service}`, port };
    const order = { protocol: 'TCP', to, count: requests, concurrency: atOnce } as const;
    await connectMany(networkOf(backend), order, onAnswer, signal);
  },
};

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
