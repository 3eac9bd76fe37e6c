/** Two connections that become one: bytes both ways, each end passed on by itself. */
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { UpgradedConnection } from '../../../proxies/kit/http/server-exchange.ts';
import { StatusError } from '../status.ts';
import { answerBegins } from './answer-begins.ts';

const longestHead = 64 * 1024;
const lingerMs = 5000;

/**
 * Reads the backend's answer, and passes it on unless it makes no sense. Resolves when
 * the two are tied; they end each other, and with the signal.
 *
 * @throws StatusError 500 for an answer that is neither 101 nor an error, or does not come
 */
export async function tie(
  client: UpgradedConnection,
  backend: TLSSocket,
  signal: AbortSignal,
): Promise<void> {
  const { socket } = client;
  const answer = await answerBegins(readHead(backend), signal).catch((error: unknown) => {
    backend.destroy();
    throw new StatusError(500, undefined, error instanceof Error ? error.message : String(error));
  });
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(answer.toString('latin1'))?.[1] ?? 0);
  if (status !== 101 && status < 400) {
    backend.destroy();
    const message = status === 0 ? 'EOF' : `invalid upgrade response: status code ${status}`;
    throw new StatusError(500, undefined, message);
  }
  client.begin(status);
  const end = () => {
    signal.removeEventListener('abort', cut);
    finish(socket);
    finish(backend);
  };
  const cut = () => {
    socket.destroy();
    backend.destroy();
  };
  for (const side of [socket, backend]) {
    side.on('error', cut);
    side.once('close', end);
  }
  signal.addEventListener('abort', cut, { once: true });
  if ('allowHalfOpen' in socket) socket.allowHalfOpen = true;
  socket.write(answer);
  if (client.head.length > 0) backend.write(client.head);
  socket.pipe(backend);
  backend.pipe(socket);
}

/** What has been written still goes out, for a while. */
function finish(side: Duplex): void {
  if (side.destroyed) return;
  side.resume();
  side.end();
  const timer = setTimeout(() => side.destroy(), lingerMs);
  side.once('close', () => clearTimeout(timer));
}

/** All that has come when the head is whole, or the backend has ended. */
async function readHead(backend: TLSSocket): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  let read = Buffer.alloc(0);
  const done = () => resolve(read);
  const onData = (chunk: Buffer) => {
    read = Buffer.concat([read, chunk]);
    if (read.includes('\r\n\r\n') || read.length > longestHead) done();
  };
  backend.on('data', onData);
  backend.on('error', done);
  backend.once('end', done);
  const head = await promise;
  backend.off('data', onData);
  backend.off('end', done);
  backend.pause();
  return head;
}
