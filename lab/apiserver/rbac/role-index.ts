/** Roles and bindings as they are stored, arranged by whom they are for. */
import type { Json } from '../../../proxies/kit/api/json.ts';
import { isList, isObject, listAt, textAt, type ApiObject } from '../api-object.ts';
import type { PolicyRule } from '../authorization.ts';
import type { User } from '../exchange.ts';
import type { ApiEntry } from '../registry.ts';

/** The group of the API whose objects these are, and the keys below which they are stored. */
export const rbacGroup = 'rbac.authorization.k8s.io';
export const rbacPrefix = `/${rbacGroup}/`;

/** A ClusterRole with this annotation counts only for writes that are tried (`dryRun=All`). */
export const dryRunOnlyAnnotation = 'hop-by-hop.dev/dry-run-only';

/** A role as it is bound to a subject. */
export interface BoundRole {
  /** Empty: everywhere. */
  readonly namespace: string;
  readonly rules: readonly PolicyRule[];
  readonly isDryRunOnly: boolean;
  /** `RBAC: allowed by ClusterRoleBinding "x" of ClusterRole "y" to Group "z"` */
  readonly reason: string;
  /** What is wrong with it: its role does not exist. */
  readonly complaint: string | undefined;
}

export interface RoleIndex {
  /** What is bound to a user everywhere, and in one namespace. */
  bound(user: User, namespace: string): Iterable<BoundRole>;
  /** The rules of a role; undefined where there is none. */
  rulesOfRole(kind: string, namespace: string, name: string): readonly PolicyRule[] | undefined;
}

interface Role {
  readonly rules: readonly PolicyRule[];
  readonly isDryRunOnly: boolean;
}

/** Arranges the entries of a store. Costs microseconds for each binding. */
export function createRoleIndex(entries: Iterable<ApiEntry>): RoleIndex {
  const roles = new Map<string, Role>();
  const bindings: ApiEntry[] = [];
  for (const entry of entries) {
    const path = entry.key.slice(rbacPrefix.length);
    if (path.includes('bindings/')) bindings.push(entry);
    else roles.set(path, roleOf(entry.value));
  }
  // By subject, then by namespace.
  const bound = new Map<string, Map<string, BoundRole[]>>();
  for (const { key, value } of bindings) {
    const namespace = key.includes('/rolebindings/') ? (value.metadata.namespace ?? '') : '';
    for (const subject of listAt(value, 'subjects')) {
      const where = subjectKey(subject, namespace);
      const byNamespace = bound.get(where) ?? new Map<string, BoundRole[]>();
      const list = byNamespace.get(namespace) ?? [];
      list.push(boundRole(value, subject, namespace, roles));
      byNamespace.set(namespace, list);
      bound.set(where, byNamespace);
    }
  }
  return {
    *bound(user, namespace) {
      const keys = [`User:${user.name}`, ...user.groups.map((group) => `Group:${group}`)];
      for (const key of keys) yield* bound.get(key)?.get('') ?? [];
      if (namespace === '') return;
      for (const key of keys) yield* bound.get(key)?.get(namespace) ?? [];
    },
    rulesOfRole: (kind, namespace, name) => roles.get(roleKey(kind, namespace, name))?.rules,
  };
}

function roleKey(kind: string, namespace: string, name: string): string {
  return kind === 'ClusterRole' ? `clusterroles/${name}` : `roles/${namespace}/${name}`;
}

function boundRole(
  binding: ApiObject,
  subject: Json,
  namespace: string,
  roles: ReadonlyMap<string, Role>,
): BoundRole {
  const kind = textAt(binding, 'roleRef', 'kind');
  const name = textAt(binding, 'roleRef', 'name');
  const role = roles.get(roleKey(kind, namespace, name));
  const { name: bindingName } = binding.metadata;
  const title =
    namespace === ''
      ? `ClusterRoleBinding "${bindingName}"`
      : `RoleBinding "${bindingName}/${namespace}"`;
  return {
    namespace,
    rules: role?.rules ?? [],
    isDryRunOnly: role?.isDryRunOnly ?? false,
    reason: `RBAC: allowed by ${title} of ${kind} "${name}" to ${subjectText(subject, namespace)}`,
    complaint: role
      ? undefined
      : `${kind.toLowerCase()}.rbac.authorization.k8s.io "${name}" not found`,
  };
}

/** ServiceAccounts are users of a name of their own. */
function subjectKey(subject: Json, namespace: string): string {
  const name = textAt(subject, 'name');
  switch (textAt(subject, 'kind')) {
    case 'ServiceAccount':
      return `User:system:serviceaccount:${textAt(subject, 'namespace') || namespace}:${name}`;
    case 'Group':
      return `Group:${name}`;
    default:
      return `User:${name}`;
  }
}

function subjectText(subject: Json, namespace: string): string {
  const kind = textAt(subject, 'kind');
  const name = textAt(subject, 'name');
  return kind === 'ServiceAccount'
    ? `ServiceAccount "${name}/${textAt(subject, 'namespace') || namespace}"`
    : `${kind} "${name}"`;
}

function roleOf(role: ApiObject): Role {
  return {
    rules: readRules(role.rules),
    isDryRunOnly: role.metadata.annotations?.[dryRunOnlyAnnotation] === 'true',
  };
}

/** The rules of a role as they are stored. */
export function readRules(rules: Json | undefined): readonly PolicyRule[] {
  if (!isList(rules)) return [];
  return rules.filter(isObject).map((rule) => ({
    verbs: texts(rule.verbs),
    ...(rule.apiGroups === undefined ? {} : { apiGroups: texts(rule.apiGroups) }),
    ...(rule.resources === undefined ? {} : { resources: texts(rule.resources) }),
    ...(rule.resourceNames === undefined ? {} : { resourceNames: texts(rule.resourceNames) }),
    ...(rule.nonResourceURLs === undefined ? {} : { nonResourceURLs: texts(rule.nonResourceURLs) }),
  }));
}

function texts(list: Json | undefined): readonly string[] {
  return isList(list) ? list.filter((item) => typeof item === 'string') : [];
}
