/** `--authorization-mode=Node`: what a kubelet may do, by the pods that run on its node. */
import {
  noOpinion,
  type Attributes,
  type AuthorizationMode,
  type PolicyRule,
} from './authorization.ts';
import { followNodePods } from './node-pods.ts';
import { nodeNameOf } from './node-restriction.ts';
import { matches } from './rbac/matches.ts';
import type { ApiStore } from './registry.ts';

/** Whatever node it is (upstream: `bootstrappolicy.NodeRules`, what there is of it here). */
const nodeRules: readonly PolicyRule[] = [
  { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
  {
    apiGroups: ['authorization.k8s.io'],
    resources: ['localsubjectaccessreviews', 'subjectaccessreviews'],
    verbs: ['create'],
  },
  { apiGroups: [''], resources: ['services'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: [''], resources: ['nodes'], verbs: ['create'] },
  { apiGroups: [''], resources: ['nodes', 'nodes/status'], verbs: ['update', 'patch'] },
  { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  { apiGroups: [''], resources: ['pods'], verbs: ['create', 'delete'] },
  { apiGroups: [''], resources: ['pods/status'], verbs: ['update', 'patch'] },
  { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
  { apiGroups: [''], resources: ['endpoints'], verbs: ['get'] },
];

const readVerbs = new Set(['get', 'list', 'watch']);
const leaseVerbs = new Set(['get', 'create', 'update', 'patch', 'delete']);
const related = new Set(['pods', 'secrets', 'configmaps']);

/** Follows the pods of a store, to know which node runs them. */
export function createNodeAuthorizer(store: ApiStore): AuthorizationMode & AsyncDisposable {
  const pods = followNodePods(store);
  return {
    decide: (user, attributes) => {
      const node = nodeNameOf(user);
      if (node === undefined || !attributes.isResource) return noOpinion;
      const complaint = judge(node, attributes);
      if (complaint === undefined) return { verdict: 'allow', reason: '' };
      return { verdict: 'none', reason: complaint };
    },
    rulesOf: (user) => (nodeNameOf(user) === undefined ? [] : nodeRules),
    [Symbol.asyncDispose]: () => pods[Symbol.asyncDispose](),
  };

  /** Why not; undefined where it may. */
  function judge(node: string, attributes: Attributes): string | undefined {
    const { verb, group, resource, subresource, namespace, name } = attributes;
    const full = `${group}/${resource}${subresource === '' ? '' : `/${subresource}`}`;
    if (readVerbs.has(verb) && group === '' && subresource === '' && related.has(resource)) {
      if (name !== '' && pods.isRelated(node, resource, namespace, name)) return undefined;
      if (resource === 'pods' && isSelected(attributes, 'spec.nodeName', node)) return undefined;
      return name === '' && resource === 'pods'
        ? 'can only list/watch pods with spec.nodeName field selector'
        : `no relationship found between node '${node}' and this object`;
    }
    if (full === '/nodes' && readVerbs.has(verb)) {
      const isOwn = name === node || isSelected(attributes, 'metadata.name', node);
      return isOwn ? undefined : 'node cannot read nodes, only its own Node object';
    }
    if (full === '/serviceaccounts/token' && verb === 'create') {
      return pods.isRelated(node, 'serviceaccounts', namespace, name)
        ? undefined
        : `no relationship found between node '${node}' and this object`;
    }
    if (full === 'coordination.k8s.io/leases') {
      if (namespace !== 'kube-node-lease') {
        return `can only access leases in the "kube-node-lease" namespace`;
      }
      const isOwn = name === node || (verb === 'create' && name === '');
      if (leaseVerbs.has(verb) && isOwn) return undefined;
      return 'can only access node lease with the same name as the requesting node';
    }
    return nodeRules.some((rule) => matches(rule, attributes)) ? undefined : '';
  }
}

function isSelected({ fieldSelector = '' }: Attributes, field: string, value: string): boolean {
  return fieldSelector
    .split(',')
    .some((part) => part === `${field}=${value}` || part === `${field}==${value}`);
}
