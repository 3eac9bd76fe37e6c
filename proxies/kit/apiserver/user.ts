/** Who sends a request, and over which connection. */
import { TLSSocket } from 'node:tls';
import type { HttpRequest } from '../http/server-exchange.ts';

export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export const anonymous: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** Whoever is known is of the group `system:authenticated`. */
export function withAuthenticated(user: User): User {
  const { groups } = user;
  const isIncluded =
    groups.includes('system:authenticated') || groups.includes('system:unauthenticated');
  return isIncluded ? user : { ...user, groups: [...groups, 'system:authenticated'] };
}

/**
 * The TLS connection a request came on: the same for all its requests. Over HTTP/2 that is its session's: each stream
 * has a stand-in of its own for it, which nothing could be remembered by.
 */
export function connectionOf({ socket, stream }: HttpRequest): TLSSocket | undefined {
  const session = stream?.session;
  const connection = session && !session.destroyed ? session.socket : socket;
  return connection instanceof TLSSocket ? connection : undefined;
}
