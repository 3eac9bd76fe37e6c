/** The hops of one request of ours: told apart by our connection, or by the id that we give it. */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Hop } from '../../../proxies/kit/hop.ts';
import type { Follower } from './hop-feed.ts';
import type { RunningProxy } from './running-proxy.ts';

export interface FollowedRequest extends Disposable {
  /** To be sent with the request. */
  readonly headers: Readonly<Record<string, string>>;
  /** To be called with the request's connection. */
  connected(socket: Socket): void;
  /** Resolves when the hops have been told, or after so long. */
  complete(timeoutMs: number): Promise<void>;
}

export function followRequest(proxy: RunningProxy, onHop: (hop: Hop) => void): FollowedRequest {
  const owned = new DisposableStack();
  const id = proxy.tracedBy === 'audit-id' ? randomUUID() : null;
  let follower: Follower | undefined =
    id === null ? undefined : owned.use(proxy.hops.follow({ request: id }, onHop));
  return {
    headers: id === null ? {} : { 'Audit-ID': id },
    connected({ localAddress = '', localPort = 0 }) {
      const address = `${localAddress}:${localPort}`;
      follower ??= owned.use(proxy.hops.follow({ address }, onHop));
    },
    complete: async (timeoutMs) => follower?.complete(timeoutMs),
    [Symbol.dispose]: () => owned.dispose(),
  };
}
