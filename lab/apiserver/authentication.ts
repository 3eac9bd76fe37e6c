/** Who sends a request: a client certificate, a bearer token, or nobody we know. */
import type { TLSSocket } from 'node:tls';
import { connectionOf, headerOf, type HttpRequest, type User } from './exchange.ts';
import { unauthorized } from './status.ts';

const anonymous: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

export interface Authentication {
  /** Bearer tokens and who they stand for. */
  readonly tokens: ReadonlyMap<string, User>;
  /** `--anonymous-auth`. */
  readonly isAnonymousAllowed: boolean;
}

/**
 * Names the user of a request: certificate first, then token, as kube-apiserver orders them.
 *
 * @throws StatusError 401 for a token or certificate that is not valid, which is not the same as none.
 */
export function authenticate(request: HttpRequest, authentication: Authentication): User {
  const user =
    userOfCertificate(connectionOf(request)) ??
    userOfToken(headerOf(request, 'authorization'), authentication.tokens) ??
    (authentication.isAnonymousAllowed ? anonymous : undefined);
  if (!user) throw unauthorized();
  return user;
}

/** The certificate of a connection is the same for all its requests: read it once. */
const known = new WeakMap<object, User | null>();

function userOfCertificate(socket: TLSSocket | undefined): User | undefined {
  if (!socket) return undefined;
  const certificates = known.get(socket);
  if (certificates !== undefined) return certificates ?? undefined;
  const subject = socket.getPeerCertificate().subject as Subject | undefined;
  // An HTTP/2 socket is a proxy object: it is as good a key, for as long as the session lives.
  if (!subject?.CN) {
    known.set(socket, null);
    return undefined;
  }
  if (!socket.authorized) throw unauthorized();
  const user = withAuthenticated({ name: subject.CN, groups: [subject.O ?? []].flat() });
  known.set(socket, user);
  return user;
}

interface Subject {
  readonly CN?: string;
  readonly O?: string | string[];
}

function userOfToken(authorization: string, tokens: ReadonlyMap<string, User>): User | undefined {
  const [scheme, ...rest] = authorization.trim().split(' ');
  if (scheme?.toLowerCase() !== 'bearer') return undefined;
  const token = rest.join(' ').trim();
  if (token === '') return undefined;
  const user = tokens.get(token);
  if (!user) throw unauthorized();
  return withAuthenticated(user);
}

function withAuthenticated(user: User): User {
  return user.groups.includes('system:authenticated')
    ? user
    : { ...user, groups: [...user.groups, 'system:authenticated'] };
}
