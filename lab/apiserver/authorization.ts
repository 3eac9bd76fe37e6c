/** What a user may do: authorizers, asked one after the other, and the refusal where none allows it. */
import type { User } from './exchange.ts';
import { refusal, type Attributes, type Decision } from '../../proxies/kit/apiserver/attributes.ts';

export { refusal, type Attributes, type Decision };

/** RBAC's PolicyRule. `*` stands for everything; a path may end in `*`. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** Rules that somebody has in a namespace, for `kubectl auth can-i --list`. */
export interface RulesReview {
  readonly rules: readonly PolicyRule[];
  /** False where an authorizer has more than it can list. */
  readonly isComplete: boolean;
}

export interface Authorizer {
  decide(user: User, attributes: Attributes): Decision;
  /** Whether the decision is `allow`. */
  isAllowed(user: User, attributes: Attributes): boolean;
  rulesOf(user: User, namespace: string): RulesReview;
}

/** One of `--authorization-mode`. */
export interface AuthorizationMode {
  decide(user: User, attributes: Attributes): Decision;
  rulesOf?(user: User, namespace: string): readonly PolicyRule[];
}

export const noOpinion: Decision = { verdict: 'none', reason: '' };

/** Asks in order, until one has an opinion. */
export function uniteAuthorizers(modes: readonly AuthorizationMode[]): Authorizer {
  const decide = (user: User, attributes: Attributes): Decision => {
    const reasons: string[] = [];
    for (const mode of modes) {
      const decision = mode.decide(user, attributes);
      if (decision.verdict !== 'none') return decision;
      if (decision.reason !== '') reasons.push(decision.reason);
    }
    return reasons.length === 0 ? noOpinion : { verdict: 'none', reason: reasons.join('\n') };
  };
  return {
    decide,
    isAllowed: (user, attributes) => decide(user, attributes).verdict === 'allow',
    rulesOf: (user, namespace) => ({
      rules: modes.flatMap((mode) => mode.rulesOf?.(user, namespace) ?? []),
      isComplete: modes.every((mode) => mode.rulesOf !== undefined),
    }),
  };
}

/** Who may everything, whatever the roles say. */
export const privilegedGroup = 'system:masters';

const everything: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

export const privileged: AuthorizationMode = {
  decide: ({ groups }) =>
    groups.includes(privilegedGroup) ? { verdict: 'allow', reason: '' } : noOpinion,
  rulesOf: ({ groups }) => (groups.includes(privilegedGroup) ? everything : []),
};

export const alwaysAllow: AuthorizationMode = {
  decide: () => ({ verdict: 'allow', reason: '' }),
  rulesOf: () => everything,
};

export const alwaysDeny: AuthorizationMode = {
  decide: () => ({ verdict: 'none', reason: 'Everything is forbidden.' }),
  rulesOf: () => [],
};
