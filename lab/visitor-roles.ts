/** What visitors may do: three ClusterRoles, and who has them. */
import type { ApiClient, KubeObject } from '../proxies/kit/api/api-client.ts';
import { isRefusal } from '../proxies/kit/api/errors.ts';

const base = '/apis/rbac.authorization.k8s.io/v1';
const apiGroup = 'rbac.authorization.k8s.io';

/** Whoever holds the token of this group reads, and tries; it is nobody's in particular. */
const anybody = { kind: 'Group', apiGroup, name: 'hop:visitors' };

const readRole = 'hop:visitors:read';
const tryRole = 'hop:visitors:try';
/** Bound in a visitor's own namespace. */
export const ownNamespaceRole = 'hop:visitors:own-namespace';

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
  { metadata: { name: ownNamespaceRole }, rules: rules([...read, ...write], changeable) },
];

/** Makes the roles as they are here, and gives the first two to anybody with the visitors' token. */
export async function ensureVisitorRoles(client: ApiClient): Promise<void> {
  await Promise.all([
    ...roles.map((role) => put(client, `${base}/clusterroles`, role)),
    ...[readRole, tryRole].map((role) =>
      put(client, `${base}/clusterrolebindings`, bindingOf(role, role, anybody)),
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
  await Promise.all(
    [readRole, tryRole].map((role) => {
      const { metadata, ...rest } = bindingOf(`${role}:${name}`, role, subject);
      const owned = { metadata: { ...metadata, ownerReferences }, ...rest };
      return put(client, `${base}/clusterrolebindings`, owned);
    }),
  );
}

export async function unbindVisitor(client: ApiClient, namespace: string): Promise<void> {
  await Promise.all(
    [readRole, tryRole].map((role) =>
      client
        .delete(`${base}/clusterrolebindings/${role}:${namespace}`)
        .catch(ignoreRefusal('NotFound')),
    ),
  );
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
