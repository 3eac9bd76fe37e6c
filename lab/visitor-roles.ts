/** What visitors may do: four ClusterRoles, and who has them. */
import type { ApiClient, KubeObject } from '../proxies/kit/api/api-client.ts';
import { isRefusal } from '../proxies/kit/api/errors.ts';

const base = '/apis/rbac.authorization.k8s.io/v1';
const apiGroup = 'rbac.authorization.k8s.io';

/** Whoever holds the token of this group reads, and tries; it is nobody's in particular. */
const anybody = { kind: 'Group', apiGroup, name: 'hop:visitors' };

const readRole = 'hop:visitors:read';
const tryRole = 'hop:visitors:try';
/** Bound in the namespaces of the demonstration alone. */
const reachRole = 'hop:visitors:reach';
/** Bound in a visitor's own namespace. */
export const ownNamespaceRole = 'hop:visitors:own-namespace';

/**
 * Where visitors may reach through the apiserver: what answers there is the lab's own. Not in kube-system,
 * where the cluster's own pods are, nor in their own namespaces, where they say what a pod is and which
 * ports it has.
 */
const reachable = ['default', 'platform', 'shop'];

const write = ['create', 'update', 'patch', 'delete', 'deletecollection'];
const read = ['get', 'list', 'watch'];

/** All resources but secrets, by their groups. */
const readable: Readonly<Record<string, readonly string[]>> = {
  '': [
    'configmaps',
    'endpoints',
    'events',
    'namespaces',
    'nodes',
    'pods',
    'serviceaccounts',
    'services',
  ],
  apps: ['deployments', 'replicasets'],
  'coordination.k8s.io': ['leases'],
  'discovery.k8s.io': ['endpointslices'],
  'events.k8s.io': ['events'],
  'rbac.authorization.k8s.io': ['clusterrolebindings', 'clusterroles', 'rolebindings', 'roles'],
};

const parts: Readonly<Record<string, readonly string[]>> = {
  '': ['namespaces/status', 'nodes/status', 'pods/status', 'services/status'],
  apps: ['deployments/scale', 'deployments/status', 'replicasets/scale', 'replicasets/status'],
};

/**
 * In a visitor's own namespace. Not among them: endpoints of any kind, which would lead others' traffic
 * astray, and whatever reaches into a pod or through it.
 */
const changeable: Readonly<Record<string, readonly string[]>> = {
  '': ['configmaps', 'events', 'pods', 'secrets', 'serviceaccounts', 'services'],
  apps: ['deployments', 'deployments/scale', 'replicasets', 'replicasets/scale'],
  'coordination.k8s.io': ['leases'],
};

const rules = (verbs: readonly string[], table: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(table).map(([group, resources]) => ({ apiGroups: [group], resources, verbs }));

const roles = [
  {
    metadata: { name: readRole },
    rules: [
      ...rules(read, readable),
      ...rules(['get'], { ...parts, '': [...(parts[''] ?? []), 'pods/log'] }),
    ],
  },
  {
    // The lab's authorizer gives these rules to writes with `dryRun=All` alone.
    metadata: { name: tryRole, annotations: { 'hop-by-hop.dev/dry-run-only': 'true' } },
    rules: [...rules(write, readable), ...rules(['update', 'patch'], parts)],
  },
  {
    // To look, by GET and HEAD, and to open a WebSocket. Never nodes: their kubelets run what they are told.
    metadata: { name: reachRole },
    rules: [{ apiGroups: [''], resources: ['pods/proxy', 'services/proxy'], verbs: ['get'] }],
  },
  { metadata: { name: ownNamespaceRole }, rules: rules([...read, ...write], changeable) },
];

/** Makes the roles as they are here, and gives all but the last to anybody with the visitors' token. */
export async function ensureVisitorRoles(client: ApiClient): Promise<void> {
  await Promise.all([
    ...roles.map((role) => put(client, `${base}/clusterroles`, role)),
    ...[readRole, tryRole].map((role) =>
      put(client, `${base}/clusterrolebindings`, bindingOf(role, role, anybody)),
    ),
    ...reachable.map((namespace) =>
      put(client, rolesIn(namespace), bindingOf(reachRole, reachRole, anybody)).catch(
        // A lab of one's own need not have them all.
        ignoreRefusal('NotFound'),
      ),
    ),
  ]);
}

/** Gives one visitor what anybody has; ends with the visitor's namespace. */
export async function bindVisitor(
  client: ApiClient,
  { metadata: { name, uid = '' } }: KubeObject,
  subject: object,
): Promise<void> {
  const ownerReferences = [{ apiVersion: 'v1', kind: 'Namespace', name, uid }];
  const owned = (role: string) => {
    const { metadata, ...rest } = bindingOf(`${role}:${name}`, role, subject);
    return { metadata: { ...metadata, ownerReferences }, ...rest };
  };
  await Promise.all([
    ...[readRole, tryRole].map((role) => put(client, `${base}/clusterrolebindings`, owned(role))),
    ...reachable.map((namespace) =>
      put(client, rolesIn(namespace), owned(reachRole)).catch(ignoreRefusal('NotFound')),
    ),
  ]);
}

export async function unbindVisitor(client: ApiClient, namespace: string): Promise<void> {
  const bindings = [
    ...[readRole, tryRole].map((role) => `${base}/clusterrolebindings/${role}:${namespace}`),
    ...reachable.map((place) => `${rolesIn(place)}/${reachRole}:${namespace}`),
  ];
  await Promise.all(bindings.map((path) => client.delete(path).catch(ignoreRefusal('NotFound'))));
}

function rolesIn(namespace: string): string {
  return `${base}/namespaces/${namespace}/rolebindings`;
}

function bindingOf(name: string, role: string, subject: object) {
  return {
    metadata: { name },
    roleRef: { apiGroup, kind: 'ClusterRole', name: role },
    subjects: [subject],
  };
}

/** Creates, or replaces what is there. */
async function put(
  client: ApiClient,
  collection: string,
  object: { readonly metadata: { readonly name: string } },
): Promise<void> {
  try {
    await client.create(collection, object);
  } catch (error) {
    ignoreRefusal('AlreadyExists')(error);
    await client.update(`${collection}/${object.metadata.name}`, object);
  }
}

function ignoreRefusal(reason: string) {
  return (error: unknown): undefined => {
    if (isRefusal(error, reason)) return undefined;
    throw error;
  };
}
