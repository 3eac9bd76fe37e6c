/** Roles and bindings. Nobody writes one that gives more than they have. */
import type { Json } from '../../../proxies/kit/api/json.ts';
import { at, isObject, listAt, textAt, type ApiObject } from '../api-object.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { invalidValue, notSupported, required } from '../field-errors.ts';
import { demandBind, demandEscalate } from '../rbac/escalation.ts';
import { rbacGroup } from '../rbac/role-index.ts';
import { allVerbs, type Resource } from '../resource.ts';
import type { Cause } from '../status.ts';

const shared = {
  group: rbacGroup,
  version: 'v1',
  verbs: allVerbs,
  nameFormat: 'path',
  isCreatedOnUpdate: true,
} as const;

export const roles: Resource = {
  ...shared,
  kind: 'Role',
  plural: 'roles',
  singular: 'role',
  namespaced: true,
  schema: 'io.k8s.api.rbac.v1.Role',
  columns: [nameColumn, createdColumn()],
  defaults: withRules,
  validate: (role) => validateRules(role, true),
  admit: demandEscalate,
};

export const clusterRoles: Resource = {
  ...shared,
  kind: 'ClusterRole',
  plural: 'clusterroles',
  singular: 'clusterrole',
  namespaced: false,
  schema: 'io.k8s.api.rbac.v1.ClusterRole',
  columns: [nameColumn, createdColumn()],
  defaults: withRules,
  validate: (role) => [...validateRules(role, false), ...validateAggregation(role)],
  admit: demandEscalate,
};

export const roleBindings: Resource = {
  ...shared,
  kind: 'RoleBinding',
  plural: 'rolebindings',
  singular: 'rolebinding',
  namespaced: true,
  schema: 'io.k8s.api.rbac.v1.RoleBinding',
  columns: bindingColumns(),
  defaults: withApiGroups,
  validate: (binding) => validateBinding(binding, ['Role', 'ClusterRole']),
  validateUpdate: keepRoleRef,
  admit: demandBind,
};

export const clusterRoleBindings: Resource = {
  ...shared,
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  singular: 'clusterrolebinding',
  namespaced: false,
  schema: 'io.k8s.api.rbac.v1.ClusterRoleBinding',
  columns: bindingColumns(),
  defaults: withApiGroups,
  validate: (binding) => validateBinding(binding, ['ClusterRole']),
  validateUpdate: keepRoleRef,
  admit: demandBind,
};

function createdColumn() {
  return column(
    'Created At',
    'When it was created.',
    (role) => role.metadata.creationTimestamp ?? '',
    { type: 'date' },
  );
}

function bindingColumns() {
  const subjects = (kind: string) => (binding: ApiObject) =>
    listAt(binding, 'subjects')
      .filter((subject) => textAt(subject, 'kind') === kind)
      .map((subject) => {
        const namespace = textAt(subject, 'namespace');
        return `${namespace === '' ? '' : `${namespace}/`}${textAt(subject, 'name')}`;
      })
      .join(', ');
  return [
    nameColumn,
    column(
      'Role',
      'The role it gives.',
      (binding) => `${textAt(binding, 'roleRef', 'kind')}/${textAt(binding, 'roleRef', 'name')}`,
    ),
    ageColumn,
    column('Users', 'The users who have it.', subjects('User'), { priority: 1 }),
    column('Groups', 'The groups that have it.', subjects('Group'), { priority: 1 }),
    column('ServiceAccounts', 'The ServiceAccounts that have it.', subjects('ServiceAccount'), {
      priority: 1,
    }),
  ];
}

function withRules(role: ApiObject): ApiObject {
  return role.rules === undefined ? { ...role, rules: [] } : role;
}

function validateRules(role: ApiObject, isNamespaced: boolean): readonly Cause[] {
  return listAt(role, 'rules').flatMap((rule, index) =>
    validateRule(rule, `rules[${index}]`, isNamespaced),
  );
}

function validateRule(rule: Json, field: string, isNamespaced: boolean): readonly Cause[] {
  const groups = listAt(rule, 'apiGroups');
  const resources = listAt(rule, 'resources');
  const names = listAt(rule, 'resourceNames');
  const paths = listAt(rule, 'nonResourceURLs');
  const verbs =
    listAt(rule, 'verbs').length === 0
      ? [required(`${field}.verbs`, 'verbs must contain at least one value')]
      : [];
  if (paths.length > 0) {
    const pathsField = `${field}.nonResourceURLs`;
    const complaint = isNamespaced
      ? 'namespaced rules cannot apply to non-resource URLs'
      : 'rules cannot apply to both regular resources and non-resource URLs';
    const isMixed = groups.length > 0 || resources.length > 0 || names.length > 0;
    return [
      ...verbs,
      ...(isNamespaced || isMixed ? [invalidValue(pathsField, paths, complaint)] : []),
    ];
  }
  return [
    ...verbs,
    ...(groups.length === 0
      ? [required(`${field}.apiGroups`, 'resource rules must supply at least one api group')]
      : []),
    ...(resources.length === 0
      ? [required(`${field}.resources`, 'resource rules must supply at least one resource')]
      : []),
  ];
}

function validateAggregation(role: ApiObject): readonly Cause[] {
  const rule = at(role, 'aggregationRule');
  if (rule === undefined || listAt(rule, 'clusterRoleSelectors').length > 0) return [];
  return [
    required(
      'aggregationRule.clusterRoleSelectors',
      'at least one clusterRoleSelector required if aggregationRule is non-nil',
    ),
  ];
}

/** Users and groups are of this group, ServiceAccounts of the core. */
function withApiGroups(binding: ApiObject): ApiObject {
  const { roleRef } = binding;
  const subjects = listAt(binding, 'subjects').map((subject) => {
    if (!isObject(subject) || subject.apiGroup !== undefined) return subject;
    return subject.kind === 'ServiceAccount' ? subject : { ...subject, apiGroup: rbacGroup };
  });
  return {
    ...binding,
    ...(isObject(roleRef) && textAt(roleRef, 'apiGroup') === ''
      ? { roleRef: { ...roleRef, apiGroup: rbacGroup } }
      : {}),
    ...(subjects.length === 0 ? {} : { subjects }),
  };
}

function validateBinding(binding: ApiObject, kinds: readonly string[]): readonly Cause[] {
  const apiGroup = textAt(binding, 'roleRef', 'apiGroup');
  const kind = textAt(binding, 'roleRef', 'kind');
  return [
    ...(apiGroup === rbacGroup ? [] : [notSupported('roleRef.apiGroup', apiGroup, [rbacGroup])]),
    ...(kinds.includes(kind) ? [] : [notSupported('roleRef.kind', kind, kinds)]),
    ...(textAt(binding, 'roleRef', 'name') === '' ? [required('roleRef.name')] : []),
    ...listAt(binding, 'subjects').flatMap((subject, index) =>
      validateSubject(subject, `subjects[${index}]`),
    ),
  ];
}

const subjectKinds = ['ServiceAccount', 'User', 'Group'];

function validateSubject(subject: Json, field: string): readonly Cause[] {
  const kind = textAt(subject, 'kind');
  const apiGroup = textAt(subject, 'apiGroup');
  const isAccount = kind === 'ServiceAccount';
  const expected = isAccount ? '' : rbacGroup;
  return [
    ...(textAt(subject, 'name') === '' ? [required(`${field}.name`)] : []),
    ...(subjectKinds.includes(kind) ? [] : [notSupported(`${field}.kind`, kind, subjectKinds)]),
    ...(apiGroup === expected || !subjectKinds.includes(kind)
      ? []
      : [notSupported(`${field}.apiGroup`, apiGroup, [expected])]),
    ...(isAccount && textAt(subject, 'namespace') === '' ? [required(`${field}.namespace`)] : []),
  ];
}

function keepRoleRef(binding: ApiObject, old: ApiObject): readonly Cause[] {
  const fields = ['apiGroup', 'kind', 'name'];
  const isSame = fields.every(
    (field) => textAt(binding, 'roleRef', field) === textAt(old, 'roleRef', field),
  );
  return isSame ? [] : [invalidValue('roleRef', binding.roleRef, 'cannot change roleRef')];
}
