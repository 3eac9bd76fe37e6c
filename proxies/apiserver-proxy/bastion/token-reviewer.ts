/** Whose a bearer token is: the cluster's own apiserver is asked, and its answer kept for a while. */
import { createHash } from 'node:crypto';
import type { ApiClient } from '../../kit/api/api-client.ts';
import { tooManyRequests } from '../../kit/apiserver/refusals.ts';
import type { User } from '../../kit/apiserver/user.ts';
import { createExpiringCache } from './expiring-cache.ts';
import { answerOf } from './api-answer.ts';

export interface TokenReviewerOptions {
  readonly api: ApiClient;
  /** `--api-audiences`: for whom a token must be made; empty: for the apiserver. */
  readonly audiences: readonly string[];
  /** `--authentication-token-webhook-cache-ttl` */
  readonly ttlMs: number;
  /** Where a review that failed is told. */
  readonly log: (line: string) => void;
}

/** Resolves with undefined where the token is nobody's. @throws StatusError 429, 500 or 503 where nobody can tell */
export type TokenReviewer = (token: string) => Promise<User | undefined>;

interface TokenReview {
  readonly status?: {
    readonly authenticated?: boolean;
    readonly audiences?: readonly string[];
    readonly error?: string;
    readonly user?: {
      readonly username?: string;
      readonly uid?: string;
      readonly groups?: readonly string[];
      readonly extra?: Readonly<Record<string, readonly string[]>>;
    };
  };
}

const path = '/apis/authentication.k8s.io/v1/tokenreviews';
const mostTokens = 4096;
/** Whoever makes up tokens must not make the apiserver busy with them. */
const mostAtOnce = 200;
/** A token that is refused may be made good any moment. */
const refusedTtlMs = 1_000;

export function createTokenReviewer(options: TokenReviewerOptions): TokenReviewer {
  const { api, audiences, ttlMs, log } = options;
  const cache = createExpiringCache<User | undefined>(mostTokens);
  let underWay = 0;
  const review = async (token: string): Promise<User | undefined> => {
    const spec = { token, ...(audiences.length === 0 ? {} : { audiences }) };
    const asked = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec };
    const { status } = await api.create<TokenReview>(path, asked);
    const { authenticated, audiences: goodFor = [], user } = status ?? {};
    if (authenticated !== true || !user?.username) return undefined;
    // An apiserver that knows no audiences does not say for whom the token is.
    if (audiences.length > 0 && !audiences.some((one) => goodFor.includes(one))) return undefined;
    const { username: name, uid, groups = [], extra } = user;
    return { name, groups, ...(uid ? { uid } : {}), ...(extra ? { extra } : {}) };
  };
  return (token) =>
    // Tokens themselves are not kept.
    cache.get(createHash('sha256').update(token).digest('base64'), async () => {
      if (underWay >= mostAtOnce) throw tooManyRequests();
      underWay += 1;
      try {
        const user = await answerOf(review(token), 'TokenReview', log);
        return { value: user, ttlMs: user ? ttlMs : Math.min(ttlMs, refusedTtlMs) };
      } finally {
        underWay -= 1;
      }
    });
}
