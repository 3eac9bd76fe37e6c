/** Whether a user may: the cluster's own authorizers are asked, and their answers kept for a while. */
import type { ApiClient } from '../../kit/api/api-client.ts';
import type { Attributes, Decision } from '../../kit/apiserver/attributes.ts';
import type { User } from '../../kit/apiserver/user.ts';
import { createExpiringCache } from './expiring-cache.ts';
import { answerOf } from './api-answer.ts';

export interface AccessReviewerOptions {
  readonly api: ApiClient;
  /** `--authorization-webhook-cache-authorized-ttl` */
  readonly allowedTtlMs: number;
  /** `--authorization-webhook-cache-unauthorized-ttl` */
  readonly refusedTtlMs: number;
  /** Where a review that failed is told. */
  readonly log: (line: string) => void;
}

/** @throws StatusError where nobody can tell */
export type AccessReviewer = (user: User, attributes: Attributes) => Promise<Decision>;

interface SubjectAccessReview {
  readonly status?: {
    readonly allowed?: boolean;
    readonly denied?: boolean;
    readonly reason?: string;
  };
}

const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
const mostDecisions = 8192;
/** Upstream keeps no decision on what is longer. */
const longestKept = 10_000;

export function createAccessReviewer(options: AccessReviewerOptions): AccessReviewer {
  const { api, allowedTtlMs, refusedTtlMs, log } = options;
  const cache = createExpiringCache<Decision>(mostDecisions);
  const review = async (spec: object): Promise<Decision> => {
    const asked = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
    const { status } = await api.create<SubjectAccessReview>(path, asked);
    const { allowed, denied, reason = '' } = status ?? {};
    // Who says both has denied.
    const verdict = denied ? 'deny' : allowed ? 'allow' : 'none';
    return { verdict, reason };
  };
  return (user, attributes) => {
    const spec = specOf(user, attributes);
    const key = JSON.stringify(spec);
    const ask = () => answerOf(review(spec), 'SubjectAccessReview', log);
    if (key.length > longestKept) return ask();
    return cache.get(key, async () => {
      const decision = await ask();
      return { value: decision, ttlMs: decision.verdict === 'allow' ? allowedTtlMs : refusedTtlMs };
    });
  };
}

function specOf({ name, groups, uid, extra }: User, attributes: Attributes): object {
  const { isResource, verb, path: url, namespace, group, resource, subresource } = attributes;
  return {
    user: name,
    groups,
    ...(uid === undefined ? {} : { uid }),
    ...(extra === undefined ? {} : { extra }),
    ...(isResource
      ? {
          resourceAttributes: {
            verb,
            group,
            version: group === '' ? 'v1' : '*',
            resource,
            subresource,
            namespace,
            name: attributes.name,
          },
        }
      : { nonResourceAttributes: { verb, path: url } }),
  };
}
