/** One request through a running proxy, on a connection of its own, so that its hops can be told apart. */
import type { IncomingMessage } from 'node:http';
import { Agent as SecureAgent, request as httpsRequest } from 'node:https';
import type { Hop } from '../../../proxies/kit/hop.ts';
import { Agent, request as httpRequest } from '../../../proxies/kit/http/node-http.ts';
import { followRequest } from './follow-request.ts';
import { LiveError } from './live-error.ts';
import { introduce, type IdentityName, type RunningProxy } from './running-proxy.ts';

export interface OutgoingRequest {
  readonly method: string;
  /** The raw request target. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | string | undefined;
  /** As whom, where the proxy wants to know; absent: as any reader. */
  readonly as?: IdentityName | undefined;
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
  const following = owned.use(followRequest(proxy, onHop));
  const { headers, tls } = introduce(proxy, outgoing.as);
  const agent = proxy.secure
    ? new SecureAgent({ keepAlive: true })
    : new Agent({ keepAlive: true });
  owned.defer(() => agent.destroy());
  const request = (proxy.secure ? httpsRequest : httpRequest)({
    host: proxy.hostname,
    port: proxy.port,
    method: outgoing.method,
    path: outgoing.target,
    headers: { Host: proxy.address, ...outgoing.headers, ...following.headers, ...headers },
    agent,
    signal,
    ...tls,
  });
  owned.defer(() => request.destroy());
  request.once('socket', (socket) => socket.once('connect', () => following.connected(socket)));
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
      traced: () => following.complete(500),
      [Symbol.dispose]: () => owned.dispose(),
    };
  } catch (cause) {
    owned.dispose();
    if (signal.aborted) throw cause;
    throw new LiveError('proxy-failed', { address: proxy.address }, {}, cause);
  }
}

/** The headers of an answer, as they came. */
export function pairs(raw: readonly string[]): (readonly [string, string])[] {
  return raw.flatMap((name, i) => (i % 2 === 0 ? [[name, raw[i + 1] ?? ''] as const] : []));
}
