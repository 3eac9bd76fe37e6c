/** Who sends a request: a front proxy's client, a certificate, a token, or nobody we know. */
import {
  clientCertificateOf,
  readAuthorities,
} from '../../proxies/kit/apiserver/client-certificates.ts';
import type { HttpRequest } from '../../proxies/kit/http/server-exchange.ts';
import { bearerOf } from '../../proxies/kit/apiserver/bearer-token.ts';
import {
  anonymous,
  connectionOf,
  withAuthenticated,
  type User,
} from '../../proxies/kit/apiserver/user.ts';
import { createFrontProxyReader } from './front-proxy.ts';
import type { ApiserverOptions } from './options.ts';
import { unauthorized } from './status.ts';
import type { ServiceAccountTokens } from './tokens/service-account-tokens.ts';

export interface Authenticator {
  /**
   * Names the user of a request.
   *
   * @throws StatusError 401 for a token or certificate that is not valid, which is not the same as none.
   */
  authenticate(request: HttpRequest): Promise<User>;
  /** The user of a bearer token for one of these audiences; undefined where it is not valid. */
  userOfToken(token: string, audiences?: readonly string[]): Promise<TokenUser | undefined>;
}

export interface TokenUser {
  readonly user: User;
  /** Those of the audiences asked for that the token is good for; absent for tokens that have none. */
  readonly audiences?: readonly string[];
}

export type AuthenticatorOptions = Pick<
  ApiserverOptions,
  'clientCa' | 'tokens' | 'anonymousAuth' | 'requestHeader'
> & { readonly serviceAccounts?: ServiceAccountTokens | undefined };

/** Front proxy first, then certificate, then token, as kube-apiserver orders them. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { tokens, serviceAccounts, requestHeader, anonymousAuth = true } = options;
  const authorities =
    options.clientCa === undefined ? undefined : readAuthorities(options.clientCa);
  const readFrontProxy = requestHeader ? createFrontProxyReader(requestHeader) : undefined;

  const userOfToken: Authenticator['userOfToken'] = async (token, audiences) => {
    const known = tokens?.get(token);
    if (known) return { user: withAuthenticated(known) };
    const claimed = await serviceAccounts?.userOf(token, audiences);
    return claimed && { ...claimed, user: withAuthenticated(claimed.user) };
  };

  return {
    userOfToken,
    authenticate: async (request) => {
      const proxied = readFrontProxy?.(request);
      if (proxied) return withAuthenticated(proxied);
      const certificate = clientCertificateOf(connectionOf(request));
      if (certificate?.commonName && authorities && certificate.isIssuedBy(authorities)) {
        const { commonName: name, organizations: groups } = certificate;
        return withAuthenticated({ name, groups });
      }
      const token = bearerOf(request);
      const owner = token === undefined ? undefined : await userOfToken(token);
      if (owner) return owner.user;
      // A front proxy's own certificate, without headers, says nobody's name.
      const isWrong = certificate !== undefined && authorities !== undefined;
      if (token !== undefined || isWrong || !anonymousAuth) throw unauthorized();
      return anonymous;
    },
  };
}
