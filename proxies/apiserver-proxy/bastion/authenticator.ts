/** Who sends a request to the bastion: a client certificate, a token that the cluster knows, or nobody. */
import { bearerOf } from '../../kit/apiserver/bearer-token.ts';
import { clientCertificateOf, type Authorities } from '../../kit/apiserver/client-certificates.ts';
import { unauthorized } from '../../kit/apiserver/refusals.ts';
import { anonymous, connectionOf, withAuthenticated, type User } from '../../kit/apiserver/user.ts';
import type { HttpRequest } from '../../kit/http/server-exchange.ts';
import type { TokenReviewer } from './token-reviewer.ts';

export interface AuthenticatorOptions {
  /** `--client-ca-file` */
  readonly clientAuthorities: () => Authorities | undefined;
  readonly reviewToken: TokenReviewer;
  /** `--anonymous-auth` */
  readonly takesAnonymous: boolean;
}

/** @throws StatusError 401 for nobody, 500 or 503 where a token cannot be reviewed */
export type Authenticator = (request: HttpRequest) => Promise<User>;

/** The certificate first, then the token, as kube-apiserver orders them. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { clientAuthorities, reviewToken, takesAnonymous } = options;
  return async (request) => {
    const authorities = clientAuthorities();
    const certificate = authorities && clientCertificateOf(connectionOf(request));
    if (certificate?.commonName && authorities && certificate.isIssuedBy(authorities)) {
      const { commonName: name, organizations: groups } = certificate;
      return withAuthenticated({ name, groups });
    }
    const token = bearerOf(request);
    const owner = token ? await reviewToken(token) : undefined;
    if (owner) return withAuthenticated(owner);
    // What is wrong is not the same as nothing.
    if (token !== undefined || certificate !== undefined || !takesAnonymous) throw unauthorized();
    return anonymous;
  };
}
