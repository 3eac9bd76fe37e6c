/**
 * `failing`: everything that a proxy must survive in a backend.
 *
 * `/status-503` answers this status. `/abort` closes without an answer, `/abort-mid` in the middle of
 * one; `/reset` and `/reset-mid` do it with a TCP reset. `/early` refuses before it has read the body.
 * `/huge-100` answers a header of 100 KiB. The table `malformed` has answers that are not HTTP.
 */
import { healthRoutes } from './http/health.ts';
import type { Handler, Routes } from './http/exchange.ts';
import { send } from './http/send.ts';
import { serveHttp } from './http/serve.ts';
import type { StartWorkload } from './workload.ts';

export const start: StartWorkload = async (context) => {
  const { workload } = await serveHttp(context, { routes: { ...healthRoutes, ...failingRoutes } });
  return workload;
};

const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n';
const partial = `${head}Content-Length: 100\r\n\r\npartial`;

/** What is sent, byte for byte, before the connection is closed. */
const malformed = {
  abort: '',
  'abort-mid': partial,
  garbage: 'NOT HTTP AT ALL\r\n\r\n',
  'no-colon': `${head}Content-Length 2\r\n\r\nok`,
  'bad-status': 'HTTP/1.1 OK\r\n\r\n',
  'bad-chunk': `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n`,
  'cut-chunk': `${head}Transfer-Encoding: chunked\r\n\r\n64\r\npartial`,
  'two-lengths': `${head}Content-Length: 2\r\nContent-Length: 7\r\n\r\npartial`,
  'length-and-chunked': `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
  'negative-length': `${head}Content-Length: -1\r\n\r\nok`,
  // More than was announced: the rest must not become somebody else's answer.
  surplus: `${head}Content-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled`,
  // The end of the connection is the end of the body, as in HTTP/1.0: fine, if rare.
  'no-length': `${head}Connection: close\r\n\r\nuntil the end\n`,
  'half-head': 'HTTP/1.1 200 OK\r\nContent-Ty',
} as const;

const status: Handler = ({ response, serverName }, parameter) =>
  send(response, {
    status: Number(parameter),
    statusText: `Code${parameter}`,
    headers: { 'Content-Type': 'text/plain', 'X-Backend': serverName },
    body: `status ${parameter} from backend\n`,
  });

const reset: Handler = ({ request }) => void request.socket.resetAndDestroy();

const resetMid: Handler = ({ request }) => {
  const { socket } = request;
  socket.write(partial, () => socket.resetAndDestroy());
};

const early: Handler = ({ response }) => {
  const headers = { 'Content-Type': 'text/plain', Connection: 'close' };
  send(response, { status: 413, headers, body: 'too large\n' });
};

const huge: Handler = ({ response }, parameter) => {
  const kibibytes = Math.min(Number(parameter) || 64, 16 * 1024);
  const headers = { 'X-Huge': 'x'.repeat(kibibytes * 1024), 'Content-Type': 'text/plain' };
  send(response, { status: 200, headers, body: 'huge\n' });
};

export const failingRoutes: Routes = {
  ...Object.fromEntries(
    Object.entries(malformed).map(([name, bytes]): [string, Handler] => [
      name,
      ({ request }) => void request.socket.end(bytes),
    ]),
  ),
  status,
  reset,
  'reset-mid': resetMid,
  early,
  huge,
};
