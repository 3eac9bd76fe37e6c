/** Nobody gives away more than they have, unless they may `escalate` or `bind` (upstream: escalation_check.go). */
import { textAt, type ApiObject } from '../api-object.ts';
import { privilegedGroup, type Attributes, type PolicyRule } from '../authorization.ts';
import type { Call } from '../handlers/call.ts';
import { forbidden, notFound } from '../status.ts';
import { compactRules, describeRule, missingRules, quoteList } from './covers.ts';
import { dryRunOnlyAnnotation, rbacGroup, readRules } from './role-index.ts';

type Admit = (call: Call, object: ApiObject | undefined, old: ApiObject | undefined) => void;

const fullAuthority: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/** @throws StatusError 403 where a role would have rules that its writer has not. */
export const demandEscalate: Admit = (call, role, old) => {
  if (!role || isPrivileged(call)) return;
  const isUnchanged =
    old !== undefined &&
    JSON.stringify(old.rules) === JSON.stringify(role.rules) &&
    JSON.stringify(old.aggregationRule) === JSON.stringify(role.aggregationRule) &&
    // Without it, what could be tried can be done.
    old.metadata.annotations?.[dryRunOnlyAnnotation] ===
      role.metadata.annotations?.[dryRunOnlyAnnotation];
  if (isUnchanged) return;
  const { resource, info, user, authorizer } = call;
  const escalate = {
    ...rbacAttributes('escalate', info.namespace),
    resource: resource.plural,
    name: info.name,
  };
  if (authorizer.isAllowed(user, escalate)) return;
  const wanted = role.aggregationRule === undefined ? readRules(role.rules) : fullAuthority;
  demandRules(call, role, wanted);
};

/** @throws StatusError 403 where a binding would give a role with rules that its writer has not. */
export const demandBind: Admit = (call, binding, old) => {
  if (!binding || isPrivileged(call)) return;
  const isUnchanged =
    old !== undefined && JSON.stringify(old.subjects) === JSON.stringify(binding.subjects);
  if (isUnchanged) return;
  const { info, user, authorizer } = call;
  const kind = textAt(binding, 'roleRef', 'kind');
  const name = textAt(binding, 'roleRef', 'name');
  const plural = kind === 'ClusterRole' ? 'clusterroles' : 'roles';
  const bind = { ...rbacAttributes('bind', info.namespace), resource: plural, name };
  if (authorizer.isAllowed(user, bind)) return;
  const rules = call.rulesOfRole?.(kind, info.namespace, name);
  // To know that a role is not there is no more than to be refused.
  if (!rules) throw notFound({ group: rbacGroup, plural }, name);
  demandRules(call, binding, rules);
};

function demandRules(call: Call, object: ApiObject, wanted: readonly PolicyRule[]): void {
  const { user, info, authorizer, resource } = call;
  const missing = missingRules(authorizer.rulesOf(user, info.namespace).rules, wanted);
  if (missing.length === 0) return;
  const list = [...new Set(compactRules(missing).map(describeRule))].sort().join('\n');
  throw forbidden(
    `user "${user.name}" (groups=${quoteList(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${list}`,
    resource,
    object.metadata.name,
  );
}

function isPrivileged({ user }: Call): boolean {
  return user.groups.includes(privilegedGroup);
}

function rbacAttributes(verb: string, namespace: string) {
  return {
    isResource: true,
    verb,
    group: rbacGroup,
    subresource: '',
    namespace,
    path: '',
  } satisfies Partial<Attributes>;
}
