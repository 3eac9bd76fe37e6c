/**
 * The default roles that matter here, and whom they are bound to (upstream:
 * `plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go`).
 */
import type { JsonObject } from '../../../proxies/kit/api/json.ts';

export interface DefaultRole extends JsonObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

const read = ['get', 'list', 'watch'];
const write = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const readWrite = [...read, ...write];

function allow(verbs: readonly string[], group: string, ...resources: readonly string[]) {
  return { apiGroups: [group], resources, verbs };
}

function allowPaths(...nonResourceURLs: readonly string[]) {
  return { nonResourceURLs, verbs: ['get'] };
}

const everything = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
];

const aggregate = (to: string) => ({ [`rbac.authorization.k8s.io/aggregate-to-${to}`]: 'true' });

function role(
  name: string,
  rules: readonly JsonObject[],
  labels: Readonly<Record<string, string>> = {},
): DefaultRole {
  return { metadata: { name, labels }, rules };
}

/** A role that is the sum of those with a label. */
function sum(name: string, labels: Readonly<Record<string, string>> = {}): DefaultRole {
  const clusterRoleSelectors = [{ matchLabels: aggregate(name) }];
  return { metadata: { name, labels }, aggregationRule: { clusterRoleSelectors } };
}

const workloads = ['daemonsets', 'deployments', 'replicasets', 'statefulsets'];
const scaled = ['deployments', 'replicasets', 'statefulsets'];

const viewRules = [
  allow(
    read,
    '',
    'configmaps',
    'endpoints',
    'persistentvolumeclaims',
    'persistentvolumeclaims/status',
    'pods',
    'replicationcontrollers',
    'replicationcontrollers/scale',
    'serviceaccounts',
    'services',
    'services/status',
  ),
  allow(
    read,
    '',
    'bindings',
    'events',
    'limitranges',
    'namespaces/status',
    'pods/log',
    'pods/status',
    'replicationcontrollers/status',
    'resourcequotas',
    'resourcequotas/status',
  ),
  allow(read, '', 'namespaces'),
  allow(read, 'discovery.k8s.io', 'endpointslices'),
  allow(
    read,
    'apps',
    'controllerrevisions',
    ...workloads,
    ...scaled.map((name) => `${name}/scale`),
    ...workloads.map((name) => `${name}/status`),
  ),
  allow(read, 'networking.k8s.io', 'ingresses', 'ingresses/status', 'networkpolicies'),
];

const editRules = [
  allow(read, '', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy', 'secrets'),
  allow(read, '', 'services/proxy'),
  allow(['impersonate'], '', 'serviceaccounts'),
  allow(write, '', 'pods', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy'),
  allow(['create'], '', 'pods/eviction'),
  allow(
    write,
    '',
    'configmaps',
    'events',
    'persistentvolumeclaims',
    'replicationcontrollers',
    'replicationcontrollers/scale',
    'secrets',
    'serviceaccounts',
    'services',
    'services/proxy',
  ),
  allow(['create'], '', 'serviceaccounts/token'),
  allow(
    write,
    'apps',
    'deployments/rollback',
    ...workloads,
    ...scaled.map((name) => `${name}/scale`),
  ),
  allow(write, 'networking.k8s.io', 'ingresses', 'networkpolicies'),
  allow(readWrite, 'coordination.k8s.io', 'leases'),
];

const adminRules = [
  allow(['create'], 'authorization.k8s.io', 'localsubjectaccessreviews'),
  allow(readWrite, 'rbac.authorization.k8s.io', 'rolebindings', 'roles'),
];

const eventRules = [
  allow(['create', 'patch', 'update'], '', 'events'),
  allow(['create', 'patch', 'update'], 'events.k8s.io', 'events'),
];

const reviewRules = [
  allow(['create'], 'authentication.k8s.io', 'tokenreviews'),
  allow(['create'], 'authorization.k8s.io', 'subjectaccessreviews'),
];

export const clusterRoles: readonly DefaultRole[] = [
  role('cluster-admin', everything),
  sum('admin'),
  sum('edit', aggregate('admin')),
  sum('view', aggregate('edit')),
  role('system:aggregate-to-admin', adminRules, aggregate('admin')),
  role('system:aggregate-to-edit', editRules, aggregate('edit')),
  role('system:aggregate-to-view', viewRules, aggregate('view')),
  role('system:discovery', [
    allowPaths(
      '/api',
      '/api/*',
      '/apis',
      '/apis/*',
      '/healthz',
      '/livez',
      '/openapi',
      '/openapi/*',
      '/readyz',
      '/version',
      '/version/',
    ),
  ]),
  role('system:public-info-viewer', [
    allowPaths('/healthz', '/livez', '/readyz', '/version', '/version/'),
  ]),
  role('system:basic-user', [
    allow(
      ['create'],
      'authorization.k8s.io',
      'selfsubjectaccessreviews',
      'selfsubjectrulesreviews',
    ),
    allow(['create'], 'authentication.k8s.io', 'selfsubjectreviews'),
  ]),
  role('system:monitoring', [
    allowPaths('/healthz', '/healthz/*', '/livez', '/livez/*', '/metrics', '/metrics/slis'),
    allowPaths('/readyz', '/readyz/*'),
  ]),
  role('system:service-account-issuer-discovery', [
    allowPaths('/.well-known/openid-configuration', '/.well-known/openid-configuration/'),
    allowPaths('/openid/v1/jwks', '/openid/v1/jwks/'),
  ]),
  role('system:auth-delegator', reviewRules),
  role('system:kubelet-api-admin', [
    allow([...read, 'proxy'], '', 'nodes'),
    allow(
      ['*'],
      '',
      'nodes/log',
      'nodes/metrics',
      'nodes/proxy',
      'nodes/stats',
      'nodes/configz',
      'nodes/healthz',
      'nodes/pods',
    ),
  ]),
  // Bound to nobody: the Node authorizer decides, as upstream.
  role('system:node', [
    ...reviewRules,
    allow(read, '', 'services', 'pods', 'nodes'),
    allow(['create', 'patch', 'update'], '', 'nodes', 'nodes/status'),
    allow(['create', 'delete'], '', 'pods'),
    allow(['patch', 'update'], '', 'pods/status'),
    allow(['create'], '', 'pods/eviction', 'serviceaccounts/token'),
    allow(read, '', 'configmaps', 'secrets'),
    allow(['get', 'create', 'update', 'patch', 'delete'], 'coordination.k8s.io', 'leases'),
    ...eventRules,
  ]),
  role('system:node-proxier', [
    allow(['list', 'watch'], '', 'services', 'endpoints'),
    allow(read, '', 'nodes'),
    ...eventRules,
    allow(['list', 'watch'], 'discovery.k8s.io', 'endpointslices'),
    allow(['list', 'watch'], 'networking.k8s.io', 'servicecidrs'),
  ]),
  role('system:kube-dns', [
    allow(['list', 'watch'], '', 'endpoints', 'services'),
    allow(['list', 'watch'], 'discovery.k8s.io', 'endpointslices'),
  ]),
  role('system:kube-scheduler', [
    ...eventRules,
    allow(readWrite, 'coordination.k8s.io', 'leases'),
    allow(read, '', 'namespaces', 'nodes', 'persistentvolumeclaims', 'persistentvolumes'),
    allow(['delete', ...read], '', 'pods'),
    allow(['create'], '', 'bindings', 'pods/binding'),
    allow(['patch', 'update'], '', 'pods/status'),
    allow(read, '', 'replicationcontrollers', 'services'),
    allow(read, 'apps', 'replicasets', 'statefulsets'),
    ...reviewRules,
  ]),
  // Its controllers and the scheduler share one identity here, and so have their roles in one.
  role('system:kube-controller-manager', [
    ...eventRules,
    allow(readWrite, 'coordination.k8s.io', 'leases'),
    allow(['get', 'list', 'watch'], '*', '*'),
    allow(['delete', 'deletecollection', 'patch', 'update'], '*', '*'),
    allow(['create'], '', 'pods', 'serviceaccounts', 'configmaps', 'secrets', 'endpoints'),
    allow(['create'], '', 'serviceaccounts/token', 'pods/eviction', 'pods/binding'),
    allow(['create'], 'apps', 'replicasets', 'controllerrevisions'),
    allow(['create'], 'discovery.k8s.io', 'endpointslices'),
    ...reviewRules,
  ]),
];

interface Subject extends JsonObject {
  readonly kind: 'Group' | 'User' | 'ServiceAccount';
  readonly name: string;
}

function bind(clusterRole: string, kind: 'Group' | 'User', ...names: readonly string[]) {
  const apiGroup = 'rbac.authorization.k8s.io';
  return {
    metadata: { name: clusterRole },
    roleRef: { apiGroup, kind: 'ClusterRole', name: clusterRole },
    subjects: names.map((name) => ({ apiGroup, kind, name })),
  } satisfies DefaultRole;
}

const dns: Subject = { kind: 'ServiceAccount', name: 'kube-dns', namespace: 'kube-system' };

export const clusterRoleBindings: readonly DefaultRole[] = [
  bind('cluster-admin', 'Group', 'system:masters'),
  bind('system:discovery', 'Group', 'system:authenticated'),
  bind('system:basic-user', 'Group', 'system:authenticated'),
  bind('system:public-info-viewer', 'Group', 'system:authenticated', 'system:unauthenticated'),
  bind('system:monitoring', 'Group', 'system:monitoring'),
  bind('system:service-account-issuer-discovery', 'Group', 'system:serviceaccounts'),
  bind('system:node-proxier', 'User', 'system:kube-proxy'),
  bind('system:kube-controller-manager', 'User', 'system:kube-controller-manager'),
  bind('system:kube-scheduler', 'User', 'system:kube-scheduler'),
  bind('system:kubelet-api-admin', 'User', 'kube-apiserver-kubelet-client'),
  { ...bind('system:kube-dns', 'User'), subjects: [dns] },
  bind('system:node', 'Group'),
];

const configMapReader = 'extension-apiserver-authentication-reader';

export const roles: readonly DefaultRole[] = [
  {
    metadata: { name: configMapReader, namespace: 'kube-system' },
    rules: [
      {
        apiGroups: [''],
        resources: ['configmaps'],
        resourceNames: ['extension-apiserver-authentication'],
        verbs: read,
      },
    ],
  },
];

export const roleBindings: readonly DefaultRole[] = [
  {
    metadata: {
      name: `system::${configMapReader}`,
      namespace: 'kube-system',
    },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: configMapReader },
    subjects: ['system:kube-controller-manager', 'system:kube-scheduler'].map((name) => ({
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'User',
      name,
    })),
  },
];
