/** Connections to the upstream that wait for their next request. */
import type { Dialer } from '../upstream.ts';
import { UpstreamConnection } from './upstream-connection.ts';
import type { UpstreamReceiver } from './upstream-connection.ts';

/** As long as Go's transport keeps them. */
const idleTimeoutMs = 90_000;
const sweepMs = 15_000;

/** How many connections may wait; pools that share one share its limit. */
export interface IdleBudget {
  held: number;
  readonly maximum: number;
}

export interface UpstreamPool {
  /** How many connections wait. */
  readonly idleCount: number;
  /** A connection that has carried a request before, if one waits: the youngest. */
  reuse(): UpstreamConnection | null;
  open(signal: AbortSignal): Promise<UpstreamConnection>;
  /** Gives a connection back after a response that ended in order. */
  release(connection: UpstreamConnection): void;
  close(): void;
}

export function createUpstreamPool(
  upstream: Dialer,
  onUnsolicited: (text: string) => void,
  budget: IdleBudget = { held: 0, maximum: 256 },
): UpstreamPool {
  const idle: UpstreamConnection[] = [];
  let isClosed = false;

  const sweep = setInterval(() => {
    const oldest = performance.now() - idleTimeoutMs;
    for (const connection of [...idle]) if (connection.idleSinceMs < oldest) discard(connection);
  }, sweepMs).unref();

  function discard(connection: UpstreamConnection): void {
    const position = idle.indexOf(connection);
    if (position !== -1) {
      idle.splice(position, 1);
      budget.held--;
    }
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
    get idleCount() {
      return idle.length;
    },
    reuse() {
      for (;;) {
        const connection = idle.pop();
        if (connection === undefined) return null;
        budget.held--;
        if (connection.generation === upstream.generation && !connection.isEnded) return connection;
        connection.destroy();
      }
    },
    open: (signal) => UpstreamConnection.open(upstream, { signal }),
    release(connection) {
      if (isClosed || connection.isEnded || budget.held >= budget.maximum) {
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
      budget.held++;
    },
    close() {
      isClosed = true;
      clearInterval(sweep);
      budget.held -= idle.length;
      for (const connection of idle.splice(0)) connection.destroy();
    },
  };
}
