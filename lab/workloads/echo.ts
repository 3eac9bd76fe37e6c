/**
 * `echo`: shows what reached it, for any method and path.
 *
 * JSON as it is; text for people with `?format=text` or `Accept: text/plain`; the bytes of the request
 * with `?format=raw`. `/body` sends the request's body back while it comes in. `/healthz` and `/readyz`
 * answer probes. Ports whose name starts with `https` speak TLS.
 */
import { pipeline } from 'node:stream/promises';
import { echoRaw } from './http/echo-raw.ts';
import type { Exchange, Handler, Routes } from './http/exchange.ts';
import { healthRoutes } from './http/health.ts';
import { readRequest } from './http/received.ts';
import { asText } from './http/received-text.ts';
import { send, sendText } from './http/send.ts';
import { serveHttp } from './http/serve.ts';
import type { StartWorkload } from './workload.ts';

export const start: StartWorkload = async (context) => {
  const { workload } = await serveHttp(context, { routes: echoRoutes, otherwise: echo });
  return workload;
};

/** Sends the request's own body back, at the pace at which the client reads. */
const echoBody: Handler = async ({ request, response }) => {
  const { 'content-type': type = 'application/octet-stream', 'content-length': length } =
    request.headers;
  response.writeHead(200, { 'Content-Type': type, ...(length && { 'Content-Length': length }) });
  await pipeline(request, response);
};

export const echoRoutes: Routes = { ...healthRoutes, body: echoBody };

/** Answers with the request, in the format that is asked for. */
export const echo: Handler = (exchange, parameter) =>
  formats[formatOf(exchange)](exchange, parameter);

const formats = {
  json: async (exchange) => {
    const received = await readRequest(exchange);
    send(exchange.response, {
      status: 200,
      headers: { 'Content-Type': 'application/json' },
      body: `${JSON.stringify(received, null, 2)}\n`,
    });
  },
  text: async (exchange) => sendText(exchange.response, 200, asText(await readRequest(exchange))),
  raw: echoRaw,
} satisfies Record<string, Handler>;

function formatOf({ request, query }: Exchange): keyof typeof formats {
  const asked = query.get('format');
  if (asked === 'json' || asked === 'text' || asked === 'raw') return asked;
  return request.headers.accept?.startsWith('text/plain') ? 'text' : 'json';
}
