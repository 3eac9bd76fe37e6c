/** What others need to check our tokens: OpenID discovery and the keys. */
import type { ServiceAccountTokens } from './service-account-tokens.ts';

export interface IssuerDocument {
  readonly contentType: string;
  readonly text: string;
  readonly cacheControl: string;
}

const keysPath = '/openid/v1/jwks';

/** Upstream lets clients keep both for an hour. */
const cacheControl = 'public, max-age=3600';

export function issuerDocument(
  path: string,
  { issuer, keys }: ServiceAccountTokens,
): IssuerDocument | undefined {
  if (path === '/.well-known/openid-configuration') {
    const document = {
      issuer,
      jwks_uri: `${issuer.replace(/\/$/, '')}${keysPath}`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [...new Set(keys.map(({ algorithm }) => algorithm))],
    };
    return { contentType: 'application/json', text: JSON.stringify(document), cacheControl };
  }
  if (path !== keysPath) return undefined;
  const unique = new Map(keys.map((key) => [key.id, key]));
  const set = {
    keys: [...unique.values()].map(({ id, algorithm, key }) => {
      const { kty, ...rest } = key.export({ format: 'jwk' });
      return { use: 'sig', kty, kid: id, alg: algorithm, ...rest };
    }),
  };
  return { contentType: 'application/jwk-set+json', text: JSON.stringify(set), cacheControl };
}
