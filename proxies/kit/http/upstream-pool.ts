/** Connections to the upstream that wait for their next request. */
import type { Upstream } from '../upstream.ts';
import { UpstreamConnection } from './upstream-connection.ts';
import type { UpstreamReceiver } from './upstream-connection.ts';

/** As long as Go's transport keeps them. */
const idleTimeoutMs = 90_000;
const sweepMs = 15_000;
const maximumIdle = 256;

export interface UpstreamPool {
  /** A connection that has carried a request before, if one waits: the youngest. */
  reuse(): UpstreamConnection | null;
  open(signal: AbortSignal): Promise<UpstreamConnection>;
  /** Gives a connection back after a response that ended in order. */
  release(connection: UpstreamConnection): void;
  close(): void;
}

export function createUpstreamPool(
  upstream: Upstream,
  onUnsolicited: (text: string) => void,
): UpstreamPool {
  const idle: UpstreamConnection[] = [];
  let isClosed = false;

  const sweep = setInterval(() => {
    const oldest = performance.now() - idleTimeoutMs;
    for (const connection of [...idle]) if (connection.idleSinceMs < oldest) discard(connection);
  }, sweepMs).unref();

  function discard(connection: UpstreamConnection): void {
    const position = idle.indexOf(connection);
    if (position !== -1) idle.splice(position, 1);
    connection.destroy();
  }

  const whileIdle = (connection: UpstreamConnection): UpstreamReceiver => ({
    onUpstreamBytes(memory, start, end) {
      onUnsolicited(memory.toString('latin1', start, end));
      discard(connection);
    },
    onUpstreamEnd: () => discard(connection),
    onUpstreamClose: () => discard(connection),
    onUpstreamDrain: () => undefined,
  });
  const idleReceivers = new WeakMap<UpstreamConnection, UpstreamReceiver>();

  return {
    reuse() {
      for (;;) {
        const connection = idle.pop();
        if (connection === undefined) return null;
        if (connection.generation === upstream.generation && !connection.isEnded) return connection;
        connection.destroy();
      }
    },
    open: (signal) => UpstreamConnection.open(upstream, { signal }),
    release(connection) {
      if (isClosed || connection.isEnded || idle.length >= maximumIdle) {
        connection.destroy();
        return;
      }
      let receiver = idleReceivers.get(connection);
      if (receiver === undefined) {
        receiver = whileIdle(connection);
        idleReceivers.set(connection, receiver);
      }
      connection.receiver = receiver;
      connection.idleSinceMs = performance.now();
      connection.resume();
      idle.push(connection);
    },
    close() {
      isClosed = true;
      clearInterval(sweep);
      for (const connection of idle.splice(0)) connection.destroy();
    },
  };
}
