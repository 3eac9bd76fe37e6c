/** Port-forward over SPDY: each connection is a pair of streams, one for bytes and one for what goes wrong. */
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { serveSpdy } from './spdy/spdy-session.ts';
import type { SpdyStream } from './spdy/spdy-stream.ts';

export const portForwardProtocol = 'portforward.k8s.io';

export interface ForwardTarget {
  /** The pod's own address. */
  readonly address: string;
  readonly podName: string;
  readonly uid: string;
  /** The pod is going away: so are its connections. */
  readonly signal: AbortSignal;
}

interface Pair {
  data?: SpdyStream;
  error?: SpdyStream;
  timer?: NodeJS.Timeout;
}

const pairTimeoutMs = 30_000;

/** Serves until the client hangs up, or the pod ends. */
export async function servePortForward(
  transport: Duplex,
  head: Buffer,
  target: ForwardTarget,
): Promise<void> {
  const pairs = new Map<string, Pair>();
  const session = serveSpdy(transport, head, (stream) => {
    const { streamtype: type, port = '', requestid } = stream.headers;
    const id = requestid ?? String(type === 'error' ? stream.id : stream.id - 2);
    const pair = pairs.get(id) ?? {};
    pairs.set(id, pair);
    if (type === 'error') pair.error = stream;
    else if (type === 'data') pair.data = stream;
    else stream.destroy();
    pair.timer ??= setTimeout(() => {
      pairs.delete(id);
      pair.error?.end('timed out waiting for streams');
      pair.data?.destroy();
    }, pairTimeoutMs);
    if (!pair.data || !pair.error) return;
    clearTimeout(pair.timer);
    pairs.delete(id);
    forward(pair.data, pair.error, port, target);
  });
  const end = () => session.close();
  target.signal.addEventListener('abort', end, { once: true });
  await session.closed;
  target.signal.removeEventListener('abort', end);
  for (const { timer } of pairs.values()) clearTimeout(timer);
}

function forward(
  data: SpdyStream,
  errors: SpdyStream,
  port: string,
  { address, podName, uid }: ForwardTarget,
): void {
  errors.resume();
  const number = Number(port);
  if (!Number.isInteger(number) || number < 1 || number > 65535) {
    errors.end(`unable to parse port: strconv.ParseUint: parsing "${port}": invalid syntax`);
    data.destroy();
    return;
  }
  const socket = connect({ host: address, port: number, allowHalfOpen: true });
  socket.setNoDelay(true);
  let problem: string | undefined;
  socket.once('error', (error) => {
    const code = 'code' in error ? error.code : '';
    const cause = code === 'ECONNREFUSED' ? 'connection refused' : error.message;
    problem = `failed to connect to localhost:${number} inside namespace "${uid}", IPv4: dial tcp4 ${address}:${number}: connect: ${cause}`;
  });
  data.pipe(socket);
  socket.pipe(data);
  data.once('close', () => socket.destroy());
  socket.once('close', () => {
    if (problem === undefined) errors.end();
    else errors.end(`error forwarding port ${number} to pod ${podName}, uid ${uid}: ${problem}`);
    data.end();
    data.resume();
    // Both ends of the connection to the pod are done: there is nobody to read the rest.
    if (problem !== undefined) data.destroy();
  });
}
