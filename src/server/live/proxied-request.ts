/** One request through a running proxy, on a connection of its own, so that its hops can be told apart. */
import type { IncomingMessage } from 'node:http';
import type { Hop } from '../../../proxies/kit/hop.ts';
import { Agent, request as httpRequest } from '../../../proxies/kit/http/node-http.ts';
import type { HopFeed } from './hop-feed.ts';
import { LiveError } from './live-error.ts';

/** A proxy that runs and tells its hops. */
export interface RunningProxy {
  /** As a reader types it: `127.0.0.1:8001`. */
  readonly address: string;
  readonly hostname: string;
  readonly port: number;
  readonly hops: HopFeed;
}

export interface OutgoingRequest {
  readonly method: string;
  /** The raw request target. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | string | undefined;
}

export interface ProxiedAnswer extends Disposable {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The body; read it or dispose of the answer. */
  readonly body: IncomingMessage;
  /** Resolves when the hops have been told, or after a moment: a trace may be late, an answer may not. */
  traced(): Promise<void>;
}

/**
 * @throws LiveError `proxy-failed` when the proxy cannot be reached or breaks the connection; the
 *   signal's reason when it was aborted
 */
export async function sendThroughProxy(
  proxy: RunningProxy,
  outgoing: OutgoingRequest,
  onHop: (hop: Hop) => void,
  signal: AbortSignal,
): Promise<ProxiedAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const owned = new DisposableStack();
  const agent = new Agent({ keepAlive: true });
  owned.defer(() => agent.destroy());
  const request = httpRequest({
    host: proxy.hostname,
    port: proxy.port,
    method: outgoing.method,
    path: outgoing.target,
    headers: { Host: proxy.address, ...outgoing.headers },
    agent,
    signal,
  });
  owned.defer(() => request.destroy());
  let follower: ReturnType<HopFeed['follow']> | undefined;
  request.once('socket', (socket) => {
    socket.once('connect', () => {
      const address = `${socket.localAddress ?? ''}:${socket.localPort ?? 0}`;
      follower = owned.use(proxy.hops.follow(address, onHop));
    });
  });
  request.once('response', resolve);
  request.on('error', reject);
  request.end(outgoing.body);

  try {
    const body = await promise;
    // The reader of the body sees the error; it must not also be nobody's.
    body.on('error', () => undefined);
    return {
      status: body.statusCode ?? 0,
      headers: pairs(body.rawHeaders),
      body,
      traced: async () => follower?.complete(500),
      [Symbol.dispose]: () => owned.dispose(),
    };
  } catch (cause) {
    owned.dispose();
    if (signal.aborted) throw cause;
    throw new LiveError('proxy-failed', { address: proxy.address }, {}, cause);
  }
}

function pairs(raw: readonly string[]): (readonly [string, string])[] {
  return raw.flatMap((name, i) => (i % 2 === 0 ? [[name, raw[i + 1] ?? ''] as const] : []));
}
