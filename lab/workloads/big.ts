/** `big`: answers every GET with 1 GiB, or `?bytes=…`, made while it is read; eight digits a line count. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { healthRoutes } from './http/health.ts';
import type { Handler } from './http/exchange.ts';
import { sendText } from './http/send.ts';
import { serveHttp } from './http/serve.ts';
import type { StartWorkload } from './workload.ts';

export const start: StartWorkload = async (context) => {
  const { workload } = await serveHttp(context, { routes: healthRoutes, otherwise: big });
  return workload;
};

const defaultBytes = 1024 ** 3;
const blockBytes = 64 * 1024;
const line = 'Hop by hop, the bytes of a backend reach who asked for them.\r\n\r\n';
const block = Buffer.from(line.repeat(blockBytes / line.length));

export const big: Handler = async ({ request, response, query }) => {
  const size = Math.trunc(Number(query.get('bytes') ?? defaultBytes));
  if (!(size >= 0)) {
    sendText(response, 400, 'bytes must be a number');
    return;
  }
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': size });
  if (request.method === 'HEAD') return void response.end();
  await pipeline(Readable.from(blocks(size), { objectMode: false }), response);
};

function* blocks(size: number): Generator<Buffer> {
  for (let left = size; left > 0; left -= block.length) yield block.subarray(0, left);
}
