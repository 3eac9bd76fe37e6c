/** The tokens of ServiceAccounts: made, and read back as long as what they are bound to is there. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  randomUUID,
  type KeyObject,
} from 'node:crypto';
import { decodeProtectedHeader } from 'jose/decode/protected_header';
import { jwtVerify } from 'jose/jwt/verify';
import { SignJWT } from 'jose/jwt/sign';
import type { Json, JsonObject } from '../../../proxies/kit/api/json.ts';
import { at, isList, isObject, textAt } from '../api-object.ts';
import type { User } from '../exchange.ts';
import type { ServiceAccountOptions } from '../options.ts';
import type { ApiStore } from '../registry.ts';

/** What a token is bound to beside its ServiceAccount: it dies with it. */
export interface BoundObject {
  readonly kind: 'Pod' | 'Secret' | 'Node';
  readonly name: string;
  readonly uid: string;
}

export interface TokenRequest {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
  readonly bound?: BoundObject;
  /** Where a pod runs. */
  readonly node?: { readonly name: string; readonly uid: string };
}

export interface MadeToken {
  readonly token: string;
  readonly expiresAt: Date;
}

export interface ServiceAccountTokens {
  readonly issuer: string;
  /** Audiences of the API itself. */
  readonly audiences: readonly string[];
  /** Public keys, for `/openid/v1/jwks`. */
  readonly keys: readonly PublicKey[];
  /** Whether it has a key to sign with. */
  readonly canIssue: boolean;
  issue(request: TokenRequest): Promise<MadeToken>;
  /** Undefined for a token that is not ours, has expired, or has lost what it was bound to. */
  userOf(
    token: string,
    audiences?: readonly string[],
  ): Promise<{ readonly user: User; readonly audiences: readonly string[] } | undefined>;
}

export interface PublicKey {
  readonly id: string;
  readonly algorithm: 'ES256' | 'RS256';
  readonly key: KeyObject;
}

/** How many tokens are remembered as verified: signatures cost more than the rest of a request. */
const rememberedTokens = 1000;

export function createServiceAccountTokens(
  options: ServiceAccountOptions,
  store: ApiStore,
): ServiceAccountTokens {
  const keys = options.keys.map(publicKeyOf);
  const byId = new Map(keys.map((key) => [key.id, key]));
  const [issuer = ''] = options.issuers;
  const signing =
    options.signingKey === undefined ? undefined : createPrivateKey(options.signingKey);
  const verified = new Map<string, JsonObject>();

  const verify = async (token: string): Promise<JsonObject | undefined> => {
    const earlier = verified.get(token);
    if (earlier) return earlier;
    try {
      const known = byId.get(decodeProtectedHeader(token).kid ?? '');
      for (const { key, algorithm } of known ? [known] : keys) {
        const { payload } = await jwtVerify(token, key, {
          issuer: [...options.issuers],
          algorithms: [algorithm],
        }).catch(() => ({ payload: undefined }));
        if (!payload) continue;
        const claims = payload as JsonObject;
        const [oldest] = verified.keys();
        if (verified.size >= rememberedTokens && oldest !== undefined) verified.delete(oldest);
        verified.set(token, claims);
        return claims;
      }
    } catch {
      // Not a token at all.
    }
    return undefined;
  };

  return {
    issuer,
    audiences: options.audiences,
    keys,
    canIssue: signing !== undefined,

    issue: async (request) => {
      if (!signing) throw new Error('there is no key to sign with');
      const { id, algorithm } = publicKeyOf(options.signingKey ?? '');
      const now = Math.floor(Date.now() / 1000);
      const expiry = now + request.expirationSeconds;
      const token = await new SignJWT({ 'kubernetes.io': privateClaims(request) })
        .setProtectedHeader({ alg: algorithm, kid: id })
        .setIssuer(issuer)
        .setSubject(`system:serviceaccount:${request.namespace}:${request.name}`)
        .setAudience([...request.audiences])
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(expiry)
        .setJti(randomUUID())
        .sign(signing);
      return { token, expiresAt: new Date(expiry * 1000) };
    },

    userOf: async (token, audiences = options.audiences) => {
      const claims = await verify(token);
      if (!claims || typeof claims.exp !== 'number' || claims.exp * 1000 <= Date.now()) {
        return undefined;
      }
      const granted = texts(claims.aud);
      const shared = audiences.filter((audience) => granted.includes(audience));
      if (shared.length === 0) return undefined;
      const own = claims['kubernetes.io'];
      if (!isObject(own) || !(await isAlive(store, own))) return undefined;
      return { user: userOfClaims(own, textAt(claims, 'jti')), audiences: shared };
    },
  };
}

function privateClaims({ namespace, name, uid, bound, node }: TokenRequest): JsonObject {
  const reference = bound && { name: bound.name, uid: bound.uid };
  return {
    namespace,
    ...(node ? { node: { name: node.name, uid: node.uid } } : {}),
    ...(bound && reference ? { [bound.kind.toLowerCase()]: reference } : {}),
    serviceaccount: { name, uid },
  };
}

/** Objects that a token may be bound to: its claim, and where they are stored. */
const boundTo = [
  ['serviceaccount', (namespace: string) => `/core/serviceaccounts/${namespace}/`],
  ['pod', (namespace: string) => `/core/pods/${namespace}/`],
  ['secret', (namespace: string) => `/core/secrets/${namespace}/`],
  ['node', () => '/core/nodes/'],
] as const;

/** Whether the ServiceAccount and what the token is bound to are there still, and not anew. */
async function isAlive(store: ApiStore, claims: JsonObject): Promise<boolean> {
  const namespace = textAt(claims, 'namespace');
  const alive = await Promise.all(
    boundTo.map(async ([claim, prefix]) => {
      const reference = at(claims, claim);
      if (reference === undefined) return claim !== 'serviceaccount';
      // A token that is bound to a pod names its node, and lives as long as the pod.
      if (claim === 'node' && claims.pod !== undefined) return true;
      const key = prefix(namespace) + textAt(reference, 'name');
      const uid = textAt(reference, 'uid');
      const known = await store.get(key, { notOlderThan: 0 });
      if (known?.value.metadata.uid === uid) return true;
      // Another apiserver may have made it just now.
      const entry = await store.get(key);
      return entry?.value.metadata.uid === uid;
    }),
  );
  return alive.every(Boolean);
}

function userOfClaims(claims: JsonObject, id: string): User {
  const namespace = textAt(claims, 'namespace');
  const extra = [
    ['credential-id', id === '' ? '' : `JTI=${id}`],
    ['node-name', textAt(claims, 'node', 'name')],
    ['node-uid', textAt(claims, 'node', 'uid')],
    ['pod-name', textAt(claims, 'pod', 'name')],
    ['pod-uid', textAt(claims, 'pod', 'uid')],
  ] as const;
  return {
    name: `system:serviceaccount:${namespace}:${textAt(claims, 'serviceaccount', 'name')}`,
    uid: textAt(claims, 'serviceaccount', 'uid'),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    extra: Object.fromEntries(
      extra.flatMap(([name, value]) =>
        value === '' ? [] : [[`authentication.kubernetes.io/${name}`, [value]]],
      ),
    ),
  };
}

/** The key's id is the hash of its public half, as upstream makes it. */
function publicKeyOf(pem: string): PublicKey {
  const key = createPublicKey(pem);
  const der = key.export({ type: 'spki', format: 'der' });
  return {
    id: createHash('sha256').update(der).digest('base64url'),
    algorithm: key.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256',
    key,
  };
}

function texts(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  return isList(value) ? value.filter((item) => typeof item === 'string') : [];
}
