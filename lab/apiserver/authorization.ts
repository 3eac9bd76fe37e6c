/** What a user may do: rules of RBAC's shape, bound to users and groups. */
import type { User } from './exchange.ts';
import type { RequestInfo } from './request-info.ts';
import { forbidden, type StatusError } from './status.ts';

/** RBAC's PolicyRule. `*` stands for everything; a path may end in `*`. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

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

/** What is asked: enough of a request to decide on, also for `kubectl auth can-i`. */
export type Attributes = Pick<
  RequestInfo,
  'isResource' | 'verb' | 'group' | 'resource' | 'subresource' | 'namespace' | 'name' | 'path'
> & { readonly isDryRun?: boolean };

export interface Authorizer {
  isAllowed(user: User, attributes: Attributes): boolean;
}

/** Allows what a binding allows; nothing else. */
export function createAuthorizer(bindings: readonly Binding[]): Authorizer {
  return {
    isAllowed: (user, attributes) =>
      bindings.some((binding) => isBound(binding, user) && isCovered(binding, user, attributes)),
  };
}

/** The roles that every cluster binds. */
export const defaultBindings: readonly Binding[] = [
  {
    groups: ['system:masters'],
    rules: [
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      { verbs: ['*'], nonResourceURLs: ['*'] },
    ],
  },
  // system:public-info-viewer
  {
    groups: ['system:authenticated', 'system:unauthenticated'],
    rules: [
      {
        verbs: ['get'],
        nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'],
      },
    ],
  },
  // system:discovery
  {
    groups: ['system:authenticated'],
    rules: [
      {
        verbs: ['get'],
        nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*'],
      },
    ],
  },
  // system:basic-user
  {
    groups: ['system:authenticated'],
    rules: [
      {
        verbs: ['create'],
        apiGroups: ['authorization.k8s.io'],
        resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
      },
      {
        verbs: ['create'],
        apiGroups: ['authentication.k8s.io'],
        resources: ['selfsubjectreviews'],
      },
    ],
  },
];

/** Kubernetes' answer to what is not allowed. */
export function refusal(user: User, attributes: Attributes): StatusError {
  const { group, resource, subresource, namespace, name, verb, path } = attributes;
  if (!attributes.isResource) {
    return forbidden(`User "${user.name}" cannot ${verb} path "${path}"`);
  }
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  const scope = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return forbidden(
    `User "${user.name}" cannot ${verb} resource "${full}" in API group "${group}" ${scope}`,
    { group, plural: resource },
    name,
  );
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

function matches(rule: PolicyRule, attributes: Attributes): boolean {
  if (!names(rule.verbs, attributes.verb)) return false;
  if (!attributes.isResource) {
    return (rule.nonResourceURLs ?? []).some((pattern) =>
      pattern.endsWith('*')
        ? attributes.path.startsWith(pattern.slice(0, -1))
        : attributes.path === pattern,
    );
  }
  const { resource, subresource, name } = attributes;
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  return (
    names(rule.apiGroups ?? [], attributes.group) &&
    (names(rule.resources ?? [], full) ||
      (subresource !== '' && (rule.resources ?? []).includes(`*/${subresource}`))) &&
    (rule.resourceNames === undefined || rule.resourceNames.includes(name))
  );
}

function names(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}
