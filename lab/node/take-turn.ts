/** Waits until nobody else listens on an address, and listens there: one process at a time does. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { dialOptions, parseEndpoint } from '../network/endpoint.ts';

const retryMs = 100;

/**
 * The turn ends with the process, however that ends: whoever waits is connected to whoever listens, and
 * tries again when it is no longer.
 *
 * @throws the signal's reason when it is aborted
 */
export async function takeTurn(
  address: string,
  signal: AbortSignal,
  onWait: () => void = () => undefined,
): Promise<AsyncDisposable> {
  for (;;) {
    signal.throwIfAborted();
    const server = createServer((socket) => socket.on('error', () => undefined).resume());
    const sockets = new Set<{ destroy(): void }>();
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    try {
      server.listen(parseEndpoint(address));
      await once(server, 'listening', { signal });
      return {
        [Symbol.asyncDispose]: () =>
          new Promise((resolve) => {
            server.close(() => resolve());
            for (const socket of sockets) socket.destroy();
          }),
      };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
      onWait();
      await untilGone(address, signal);
      await pause(retryMs, undefined, { signal });
    }
  }
}

/** Resolves when the connection to whoever listens there ends. */
async function untilGone(address: string, signal: AbortSignal): Promise<void> {
  const socket = connect(dialOptions(address)).resume();
  const end = () => socket.destroy();
  signal.addEventListener('abort', end, { once: true });
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('close', resolve));
  signal.removeEventListener('abort', end);
}
