/** Rules that are bound in the program, beside those that are stored. */
import {
  noOpinion,
  type Attributes,
  type AuthorizationMode,
  type PolicyRule,
} from './authorization.ts';
import type { User } from './exchange.ts';
import { matches } from './rbac/matches.ts';

/** A role given to subjects: in all namespaces, or in those that a rule of the binding names. */
export interface Binding {
  readonly users?: readonly string[];
  readonly groups?: readonly string[];
  readonly rules: readonly PolicyRule[];
  /** Absent: everywhere. Else it decides by the namespace of the request, which is never empty then. */
  readonly isNamespaceIncluded?: (namespace: string, user: User) => boolean;
  /** Only writes that are tried (`dryRun=All`). */
  readonly isDryRunOnly?: boolean;
}

/** Allows what a binding allows. */
export function staticBindings(bindings: readonly Binding[]): AuthorizationMode {
  return {
    decide: (user, attributes) =>
      bindings.some((binding) => isBound(binding, user) && isCovered(binding, user, attributes))
        ? { verdict: 'allow', reason: '' }
        : noOpinion,
    rulesOf: () => [],
  };
}

function isBound({ users = [], groups = [] }: Binding, user: User): boolean {
  return users.includes(user.name) || groups.some((group) => user.groups.includes(group));
}

function isCovered(binding: Binding, user: User, attributes: Attributes): boolean {
  const { isNamespaceIncluded, isDryRunOnly } = binding;
  if (isDryRunOnly && !attributes.isDryRun) return false;
  if (isNamespaceIncluded) {
    if (attributes.namespace === '' || !isNamespaceIncluded(attributes.namespace, user))
      return false;
  }
  return binding.rules.some((rule) => matches(rule, attributes));
}
