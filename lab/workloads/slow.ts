/**
 * `slow`: takes its time.
 *
 * `/slow` answers after 3 s, `/slow-500` after 500 ms. `/drip-200?count=10` sends a line every 200 ms.
 * `/chunked` sends three lines and a trailer. `/stall` sends a head and a line, and no end; `/never`
 * sends nothing at all.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { healthRoutes } from './http/health.ts';
import type { Exchange, Handler, Routes } from './http/exchange.ts';
import { send } from './http/send.ts';
import { serveHttp } from './http/serve.ts';
import type { StartWorkload } from './workload.ts';

export const start: StartWorkload = async (context) => {
  const { workload } = await serveHttp(context, { routes: { ...healthRoutes, ...slowRoutes } });
  return workload;
};

const defaultDelayMs = 3000;
const maximumDelayMs = 10 * 60_000;
const textPlain = { 'Content-Type': 'text/plain' };

const slow: Handler = async ({ response, gone }, parameter) => {
  await sleep(delayOf(parameter), undefined, { signal: gone });
  send(response, { status: 200, headers: textPlain, body: 'slow\n' });
};

const drip: Handler = async (exchange, parameter) => {
  exchange.response.writeHead(200, textPlain);
  const count = Number(exchange.query.get('count') ?? 10);
  await sendLines(exchange, count, delayOf(parameter));
  exchange.response.end();
};

const chunked: Handler = async (exchange) => {
  const { response } = exchange;
  response.writeHead(200, { ...textPlain, Trailer: 'X-Trail' });
  await sendLines(exchange, 3, 300);
  response.addTrailers({ 'X-Trail': 'yes' });
  response.end();
};

const stall: Handler = async ({ response, gone }) => {
  response.writeHead(200, textPlain).write('and then\n');
  await aborted(gone);
};

const never: Handler = ({ gone }) => aborted(gone);

export const slowRoutes: Routes = { slow, drip, chunked, stall, never };

async function sendLines(
  { response, gone }: Exchange,
  count: number,
  pauseMs: number,
): Promise<void> {
  for (let line = 0; line < count; line += 1) {
    response.write(`line${line}\n`);
    await sleep(pauseMs, undefined, { signal: gone });
  }
}

/** Rejects when the client has gone, and never resolves. */
async function aborted(gone: AbortSignal): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  gone.addEventListener('abort', () => reject(new Error('gone')), { once: true });
  if (!gone.aborted) await promise;
}

function delayOf(parameter: string): number {
  const wanted = parameter === '' ? defaultDelayMs : Number(parameter);
  return Math.min(Number.isFinite(wanted) ? wanted : defaultDelayMs, maximumDelayMs);
}
