/** A line of the container's log for each request, when its answer has ended. */
import type { IncomingMessage } from 'node:http';
import type { Exchange } from './exchange.ts';

/**
 * Probes that go well are not worth a line.
 *
 * @example `10.244.1.5 "GET /x HTTP/1.1" 200 3ms "curl/8.14"`; `aborted` where the answer was cut off
 */
export function logExchange({ request, response, context }: Exchange): void {
  const { method = '', url = '', httpVersion, socket } = request;
  const client = socket.remoteAddress ?? '-';
  const startedAt = performance.now();
  response.once('close', () => {
    const end = response.writableFinished ? String(response.statusCode) : 'aborted';
    if (isProbe(request) && response.statusCode === 200) return;
    const elapsed = Math.round(performance.now() - startedAt);
    const agent = request.headers['user-agent'] ?? '-';
    context.log(`${client} "${method} ${url} HTTP/${httpVersion}" ${end} ${elapsed}ms "${agent}"`);
  });
}

function isProbe({ headers }: IncomingMessage): boolean {
  return headers['user-agent']?.startsWith('kube-probe/') === true;
}
