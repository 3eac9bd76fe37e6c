/** `POST /live/examples/<id>`: sends a request of a descriptor through its proxy. */
import type { Example, Station } from '../../../proxies/descriptor.ts';
import { proxies } from '../../../proxies/index.ts';
import { sendAnswer } from './answer-lines.ts';
import type { LiveBackend } from './backend.ts';
import { hopLine, openLines, type Exchange } from './exchange.ts';
import type { LiveLine } from './lines.ts';
import { LiveError } from './live-error.ts';
import { sendThroughProxy } from './proxied-request.ts';

const maxBodyBytes = 256 * 1024;

/** @throws LiveError `unknown-example`, `not-ready` */
export async function runExample(
  backend: LiveBackend,
  id: string,
  exchange: Exchange,
): Promise<void> {
  const { example, station } = findExample(id);
  const proxy = backend.proxies[station];
  if (!proxy) throw new LiveError('not-ready', {}, { 'Retry-After': '1' });
  const send = openLines(exchange);
  const { translate, signal } = exchange;
  const tell = (line: LiveLine) => send(line.type === 'hop' ? hopLine(line.hop, translate) : line);
  const outcome = await sendExample(example, proxy, tell, signal);
  const text = translate(`hops:results.${outcome.result}`, { ...outcome });
  send({ type: 'result', ...outcome, text });
  exchange.response.end();
}

export interface ExampleOutcome {
  readonly result: 'answered' | 'unexpected';
  readonly status: number;
  readonly tookMs: number;
  readonly isCut: boolean;
}

/** Sends the example's request, and says its hops and its answer as lines. The build records them. */
export async function sendExample(
  { request, expect, streamMs }: Example,
  proxy: Parameters<typeof sendThroughProxy>[0],
  send: (line: LiveLine) => void,
  signal: AbortSignal,
): Promise<ExampleOutcome> {
  const startedAt = performance.now();
  using answer = await sendThroughProxy(
    proxy,
    { method: request.method, target: request.path, headers: request.headers, body: request.body },
    (hop) => send({ type: 'hop', hop }),
    signal,
  );
  await answer.traced();
  const { isCut } = await sendAnswer(answer, { streamMs, maxBytes: maxBodyBytes }, send);
  const contentType = answer.body.headers['content-type'];
  const isAsStated =
    answer.status === expect.status &&
    (expect.contentType === undefined || contentType === expect.contentType);
  return {
    result: isAsStated ? 'answered' : 'unexpected',
    status: answer.status,
    tookMs: Math.round(performance.now() - startedAt),
    isCut,
  };
}

function findExample(id: string): { example: Example; station: Station } {
  for (const proxy of proxies) {
    const example = proxy.examples.find((known) => known.id === id);
    if (example) return { example, station: proxy.id };
  }
  throw new LiveError('unknown-example', { id });
}
