/** Role-based access control, from the roles and bindings that are stored. */
import {
  noOpinion,
  type Attributes,
  type AuthorizationMode,
  type Decision,
  type PolicyRule,
} from '../authorization.ts';
import type { User } from '../exchange.ts';
import { mirror } from '../mirror.ts';
import type { ApiStore } from '../registry.ts';
import { matches } from './matches.ts';
import { createRoleIndex, rbacPrefix, type BoundRole, type RoleIndex } from './role-index.ts';

export interface RbacAuthorizer extends AuthorizationMode, AsyncDisposable {
  /** Resolves when it knows what is stored. */
  readonly synced: Promise<void>;
  rulesOf(user: User, namespace: string): readonly PolicyRule[];
  rulesOfRole: RoleIndex['rulesOfRole'];
}

/** Follows the roles of a store; a decision costs no question to it. */
export function createRbacAuthorizer(store: ApiStore): RbacAuthorizer {
  let index: RoleIndex | undefined;
  const roles = mirror(store, rbacPrefix, () => {
    index = undefined;
  });
  const current = () => (index ??= createRoleIndex(roles.entries.values()));

  return {
    synced: roles.synced,
    decide: (user, attributes) => decide(current(), user, attributes),
    rulesOf: (user, namespace) =>
      [...current().bound(user, namespace)].flatMap(({ rules, isDryRunOnly }) =>
        isDryRunOnly ? [] : rules,
      ),
    rulesOfRole: (...role) => current().rulesOfRole(...role),
    [Symbol.asyncDispose]: () => roles[Symbol.asyncDispose](),
  };
}

function decide(index: RoleIndex, user: User, attributes: Attributes): Decision {
  const complaints: string[] = [];
  for (const role of index.bound(user, attributes.isResource ? attributes.namespace : '')) {
    if (role.complaint !== undefined) complaints.push(role.complaint);
    if (role.isDryRunOnly && !isTried(attributes)) continue;
    if (covers(role, attributes)) return { verdict: 'allow', reason: role.reason };
  }
  if (complaints.length === 0) return noOpinion;
  const list = complaints.length === 1 ? complaints[0] : `[${complaints.join(', ')}]`;
  return { verdict: 'none', reason: `RBAC: ${list ?? ''}` };
}

function covers({ rules }: BoundRole, attributes: Attributes): boolean {
  return rules.some((rule) => matches(rule, attributes));
}

const triedVerbs = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);
const triedSubresources = new Set(['', 'status', 'scale']);

/** Only what the store would have kept can be tried: a token that is made is made. */
function isTried({ isDryRun, isResource, verb, subresource, group }: Attributes): boolean {
  return (
    isDryRun === true &&
    isResource &&
    triedVerbs.has(verb) &&
    triedSubresources.has(subresource) &&
    !group.startsWith('auth')
  );
}
