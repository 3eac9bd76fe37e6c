/** Opens a TCP connection, with Go's words when it cannot (`dial tcp 127.0.0.1:1: connect: connection refused`). */
import { connect, type OnReadOpts, type Socket } from 'node:net';
import { errorCode } from './errors.ts';

export interface DialOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onread?: OnReadOpts | undefined;
  /** Milliseconds; negative switches keepalive off. */
  readonly keepAliveMs?: number | undefined;
}

const timeoutMs = 30_000;
const defaultKeepAliveMs = 30_000;

/** Rejects with an `Error` in Go's wording, with the system's as its cause. The socket is the caller's from then on. */
export function dial(hostname: string, port: number, options: DialOptions = {}): Promise<Socket> {
  const { onread } = options;
  return dialling(hostname, port, options, () =>
    connect({
      host: hostname,
      port,
      // A tunnel's one direction may end before the other.
      allowHalfOpen: true,
      ...(onread && { onread }),
    }),
  );
}

/** Waits for the `connect` of a socket that `open` makes, within the dialer's time. */
export function dialling<S extends Socket>(
  hostname: string,
  port: number,
  { signal, keepAliveMs = defaultKeepAliveMs }: DialOptions,
  open: () => S,
): Promise<S> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(new Error('context canceled'));
      return;
    }
    if (port > 65_535) {
      reject(new Error(`dial tcp: address ${port}: invalid port`));
      return;
    }
    const socket = open();
    socket.setNoDelay(true);
    if (keepAliveMs >= 0) socket.setKeepAlive(true, keepAliveMs);
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.removeListener('error', onError);
    };
    const fail = (problem: string, cause?: Error) => {
      settle();
      socket.on('error', () => undefined).destroy();
      reject(new Error(problem, { cause }));
    };
    const onError = (error: Error) => fail(dialProblem(hostname, port, error), error);
    const onAbort = () => fail('context canceled');
    const timer = setTimeout(
      () => fail(`dial tcp ${goAddress(hostname, port)}: i/o timeout`),
      timeoutMs,
    );
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.once('error', onError).once('connect', () => {
      settle();
      resolve(socket);
    });
  });
}

/** `host:port`, IPv6 in brackets. */
export function goAddress(hostname: string, port: number): string {
  return `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  ECONNRESET: 'connect: connection reset by peer',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'connect: connection timed out',
  EADDRNOTAVAIL: 'connect: cannot assign requested address',
  EACCES: 'connect: permission denied',
  EPERM: 'connect: operation not permitted',
};

function dialProblem(hostname: string, port: number, error: Error): string {
  // A name with several addresses: the first failure is the one Go reports.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const code = errorCode(first);
  if (code === 'ENOTFOUND') return `dial tcp: lookup ${hostname}: no such host`;
  if (code === 'EAI_AGAIN')
    return `dial tcp: lookup ${hostname}: Temporary failure in name resolution`;
  const address =
    first instanceof Error && 'address' in first && typeof first.address === 'string'
      ? first.address
      : hostname;
  return `dial tcp ${goAddress(address, port)}: ${reasons[code] ?? code}`;
}
