/**
 * `events`: server-sent events on every path.
 *
 * A `tick` each second (`?interval=200` in ms) with an id that goes up by one; a client that comes back
 * with `Last-Event-ID` goes on from there. `?count=5` ends the stream after so many.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { healthRoutes } from './http/health.ts';
import type { Handler } from './http/exchange.ts';
import { serveHttp } from './http/serve.ts';
import type { StartWorkload } from './workload.ts';

export const start: StartWorkload = async (context) => {
  const { workload } = await serveHttp(context, { routes: healthRoutes, otherwise: events });
  return workload;
};

const minimumIntervalMs = 10;

export const events: Handler = async ({ request, response, query, context, gone, stopping }) => {
  const intervalMs = Math.max(Number(query.get('interval') ?? 1000), minimumIntervalMs);
  const count = Number(query.get('count') ?? Infinity);
  const first = (Number(request.headers['last-event-id']) || 0) + 1;
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.write(`retry: ${intervalMs}\n\n`);
  const ending = AbortSignal.any([gone, stopping]);
  try {
    for (let id = first; id < first + count; id += 1) {
      const data = JSON.stringify({ id, pod: context.pod.name, time: new Date().toISOString() });
      response.write(`id: ${id}\nevent: tick\ndata: ${data}\n\n`);
      await sleep(intervalMs, undefined, { signal: ending });
    }
  } catch {
    // Told to end: the stream is complete so far, and the client comes back to another pod.
  }
  response.end();
};
