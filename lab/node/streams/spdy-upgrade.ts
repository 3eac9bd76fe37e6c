/** The answer that turns an HTTP/1.1 connection into a SPDY one. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { HttpProblem } from '../server/http-problem.ts';

export function wantsSpdy(request: IncomingMessage): boolean {
  return /^spdy\/3\.1$/i.test(request.headers.upgrade ?? '');
}

/**
 * The first protocol of the client's that we speak; empty where the client names none.
 *
 * @throws HttpProblem 403 where there is none in common
 */
export function negotiate(request: IncomingMessage, spoken: readonly string[]): string {
  const asked = request.headersDistinct['x-stream-protocol-version'] ?? [];
  const wanted = asked.flatMap((line) => line.split(',')).map((name) => name.trim());
  if (wanted.length === 0) return '';
  const found = wanted.find((name) => spoken.includes(name));
  if (found !== undefined) return found;
  const lists = `client supports [${wanted.join(' ')}], server accepts [${spoken.join(' ')}]`;
  throw new HttpProblem(403, `unable to upgrade: unable to negotiate protocol: ${lists}`);
}

export function switchToSpdy(socket: Duplex, protocol: string): void {
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Connection: Upgrade',
    'Upgrade: SPDY/3.1',
    ...(protocol === '' ? [] : [`X-Stream-Protocol-Version: ${protocol}`]),
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
}
