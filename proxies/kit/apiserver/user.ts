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

/** The TLS connection a request came on. An HTTP/2 stream stands for that of its session. */
export function connectionOf({ socket }: HttpRequest): TLSSocket | undefined {
  return socket instanceof TLSSocket ? socket : undefined;
}
