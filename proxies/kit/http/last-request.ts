/**
 * Connections that are not read on, because what came on them could be read in two ways: where the next
 * request begins is anybody's guess. Node's HTTP/1.1 servers hand over what was pipelined behind a request
 * before that one is answered.
 */
import type { HttpRequest, HttpResponse } from './server-exchange.ts';

const unread = new WeakSet<object>();

/** Its answer is the last on the connection. In HTTP/2 requests cannot run into each other. */
export function makeLast(
  { stream, socket }: Pick<HttpRequest, 'stream' | 'socket'>,
  response: Pick<HttpResponse, 'headersSent' | 'setHeader'>,
): void {
  if (stream !== undefined) return;
  if (typeof socket === 'object' && socket !== null) unread.add(socket);
  if (!response.headersSent) response.setHeader('Connection', 'close');
}

/** Whether it came behind the last one: it is nobody's, and is not answered. */
export function isBehindLast({ socket }: Pick<HttpRequest, 'socket'>): boolean {
  return typeof socket === 'object' && socket !== null && unread.has(socket);
}
