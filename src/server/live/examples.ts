/** `POST /live/examples/<id>`: sends a request of a descriptor through its proxy, or connects to a Service. */
import {
  isTransportExample,
  type Example,
  type HttpExample,
  type HttpExampleRequest,
  type Station,
} from '../../../proxies/descriptor.ts';
import { subjects } from '../../../proxies/index.ts';
import { sendAnswer } from './answer-lines.ts';
import { networkOf, proxyOf, type LiveBackend } from './backend.ts';
import { makeConnections } from './connections.ts';
import { converse } from './conversation.ts';
import { hopLine, openLines, type Exchange } from './exchange.ts';
import type { LiveLine } from './lines.ts';
import { LiveError } from './live-error.ts';
import { sendThroughProxy } from './proxied-request.ts';
import type { RunningProxy } from './running-proxy.ts';

const maxBodyBytes = 256 * 1024;

/** @throws LiveError `unknown-example`, `not-here`, `not-ready` */
export async function runExample(
  backend: LiveBackend,
  id: string,
  exchange: Exchange,
): Promise<void> {
  const { example, line } = findExample(id);
  const { translate, signal } = exchange;
  const open = () => {
    const send = openLines(exchange);
    return (told: LiveLine) => send(told.type === 'hop' ? hopLine(told.hop, translate) : told);
  };
  if (isTransportExample(example)) {
    const network = networkOf(backend);
    const send = open();
    const outcome = await makeConnections(example, network, send, signal);
    const isMany = outcome.result === 'answered' && outcome.connections > 1;
    const result = isMany ? 'spread' : outcome.result;
    const text = translate(`interface:connect.results.${result}`, { ...outcome });
    send({ type: 'result', ...outcome, text });
  } else {
    const proxy = proxyOf(backend, line);
    const send = open();
    const outcome = await sendExample(example, proxy, send, signal);
    const text = translate(`hops:results.${outcome.result}`, { ...outcome });
    send({ type: 'result', ...outcome, text });
  }
  exchange.response.end();
}

export interface ExampleOutcome {
  readonly result: 'answered' | 'unexpected';
  readonly status: number;
  readonly tookMs: number;
  readonly isCut: boolean;
}

/** What came back of an example, to be held against what its descriptor says. */
interface Received {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** What the target said over a WebSocket. */
  readonly messages: readonly string[];
  readonly isCut: boolean;
  /** How long hops were waited for, which is no part of the answer; absent where nobody waited. */
  readonly waitedMs?: number;
}

/** Sends the example's request, and says its hops and its answer as lines. The build records them. */
export async function sendExample(
  example: HttpExample,
  proxy: RunningProxy,
  send: (line: LiveLine) => void,
  signal: AbortSignal,
): Promise<ExampleOutcome> {
  const startedAt = performance.now();
  const { request } = example;
  const received: Received =
    request.protocol === 'websocket'
      ? await converse(proxy, request, send, signal)
      : await sendRequest(example, request, proxy, send, signal);
  return {
    result: isAsStated(example, received) ? 'answered' : 'unexpected',
    status: received.status,
    tookMs: Math.round(performance.now() - startedAt - (received.waitedMs ?? 0)),
    isCut: received.isCut,
  };
}

async function sendRequest(
  { streamMs }: HttpExample,
  { method, path, headers, body, as }: HttpExampleRequest & { protocol: 'http' },
  proxy: RunningProxy,
  send: (line: LiveLine) => void,
  signal: AbortSignal,
): Promise<Received> {
  using answer = await sendThroughProxy(
    proxy,
    { method, target: path, headers, body, as },
    (hop) => send({ type: 'hop', hop }),
    signal,
  );
  const waitingSince = performance.now();
  await answer.traced();
  const waitedMs = performance.now() - waitingSince;
  let text = '';
  const { isCut } = await sendAnswer(answer, { streamMs, maxBytes: maxBodyBytes }, (line) => {
    if (line.type === 'chunk') text += line.text;
    if (line.type === 'answer') text += line.body ?? '';
    send(line);
  });
  const { status } = answer;
  return { status, headers: answer.headers, body: text, messages: [], isCut, waitedMs };
}

function isAsStated({ expect }: HttpExample, received: Received): boolean {
  const header = (name: string) =>
    received.headers.find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1];
  const headers = Object.entries(expect.headers);
  if (expect.contentType !== undefined) headers.push(['Content-Type', expect.contentType]);
  return (
    received.status === expect.status &&
    headers.every(([name, value]) => header(name) === value) &&
    received.body.includes(expect.bodyContains ?? '') &&
    expect.messages.every((message, i) => received.messages[i] === message)
  );
}

function findExample(id: string): { example: Example; line: Station } {
  for (const { examples, line } of subjects) {
    const example = examples.find((known) => known.id === id);
    if (example) return { example, line };
  }
  throw new LiveError('unknown-example', { id });
}
