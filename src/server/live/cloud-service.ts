/** `/live/cloud-service`: creates a Service of type LoadBalancer for a visitor, and deletes it again. */
import { isPortChoice, type CloudServiceLine } from '../../cloud-service.ts';
import { sayCloudService, sayCloudServiceLine } from '../../cloud-service-text.ts';
import { networkOf, type LiveBackend } from './backend.ts';
import { expectationOf, type Expectation } from './cloud-service-expected.ts';
import { tryCloudService, type CloudServiceOrder } from './cloud-service-run.ts';
import { openLines, type Exchange } from './exchange.ts';
import type { LiveLine } from './lines.ts';
import { LiveError } from './live-error.ts';
import { createTurns } from './turns.ts';
import type { Visit, Visitors } from './visitors.ts';

/** Each has a pod, and starts programs that connect. */
const turns = createTurns(3, 6);

/** Who has a Service just now, and how to have it deleted. */
const running = new WeakMap<Visit, { readonly deleteIt: () => void }>();

/**
 * `POST /live/cloud-service/<cloud>/<ports>`
 *
 * @throws LiveError `not-here`, `unknown-choice`, `not-isolated`, `already-running`, `busy`, `connect-failed`
 */
export async function runCloudService(
  backend: LiveBackend,
  visitors: Visitors | null,
  choice: string,
  exchange: Exchange,
): Promise<void> {
  const { request, response, signal, translate } = exchange;
  const network = networkOf(backend);
  if (!visitors || !backend.connectAs) throw new LiveError('not-here');
  const { cloud, ports, expected } = chosen(choice, network.mode);
  // On loopback there are no raw sockets: not for the pod, either.
  if (ports === 'sctp' && network.mode === 'loopback') throw new LiveError('not-isolated');
  using turn = new DisposableStack();
  turn.use(await turns.take(signal));
  const visit = await visitors.welcome(request, response);
  if (running.has(visit)) throw new LiveError('already-running', {}, { 'Retry-After': '5' });
  const { promise: deletion, resolve } = Promise.withResolvers<undefined>();
  running.set(visit, { deleteIt: () => resolve(undefined) });
  turn.defer(() => running.delete(visit));
  await using client = backend.connectAs(visit.token);
  let send: ((line: LiveLine) => void) | undefined;
  const tell = (line: LiveLine) => (send ??= openLines(exchange))(line);
  const say = (line: CloudServiceLine) => {
    tell({ ...line, text: sayCloudServiceLine(line, translate) });
  };
  const order = { client, namespace: visit.namespace, cloud, ports, expected, deletion };
  const summary = await orRefused(tryCloudService(order, network, say, signal), signal);
  tell({ ...summary, type: 'result', text: sayCloudService(summary, translate) });
  response.end();
}

/** `DELETE /live/cloud-service`. @throws LiveError `no-service` where the visitor has none */
export async function deleteCloudService(
  visitors: Visitors | null,
  { request, response }: Exchange,
): Promise<void> {
  const visit = await visitors?.known(request);
  const own = visit && running.get(visit);
  if (!own) throw new LiveError('no-service');
  own.deleteIt();
  response.writeHead(204, { 'Cache-Control': 'no-store' }).end();
}

type Choice = Pick<CloudServiceOrder, 'cloud' | 'ports'> & { readonly expected: Expectation };

/** One of the clouds and one of the sets of ports that the page offers, and nothing else. */
function chosen(choice: string, mode: 'isolated' | 'loopback'): Choice {
  const [cloud = '', ports = ''] = choice.split('/');
  const expected = isPortChoice(ports) ? expectationOf({ name: '', cloud, ports, mode }) : null;
  if (!isPortChoice(ports) || !expected) throw new LiveError('unknown-choice', { choice });
  return { cloud, ports, expected };
}

/** What the apiserver refuses is told in its words. */
async function orRefused<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof LiveError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new LiveError('connect-failed', { message }, {}, cause);
  }
}
