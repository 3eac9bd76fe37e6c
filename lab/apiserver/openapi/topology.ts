/**
 * Which lists and maps are merged item by item, and which are one value: `x-kubernetes-list-type`,
 * `x-kubernetes-list-map-keys`, `x-kubernetes-map-type`. Server-side apply owns fields by it
 * (https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy).
 */
import type { Field, TypeDeclaration } from '../schema/declare.ts';

export type ListType =
  | { readonly type: 'atomic' }
  | { readonly type: 'set' }
  | { readonly type: 'map'; readonly keys: readonly string[]; readonly defaults: KeyDefaults };

/** What a key is where an item leaves it out. */
type KeyDefaults = Readonly<Record<string, string>>;

/** How the items of a list are told apart. */
export function listTypeOf(
  owner: TypeDeclaration,
  { name, mergeKey, strategies }: Field,
): ListType {
  const declared = lists.get(`${shortName(owner.name)}.${name}`);
  if (declared) return declared;
  if (mergeKey !== undefined) return byKeys(mergeKey);
  return strategies.includes('merge') ? { type: 'set' } : { type: 'atomic' };
}

/** Whether a field is a map or struct that is replaced as a whole. */
export function isAtomicMap(owner: TypeDeclaration, { name }: Field): boolean {
  return atomicMaps.has(`${shortName(owner.name)}.${name}`);
}

/** Whether the values of a type are replaced as a whole, wherever they stand. */
export function isAtomicType(typeName: string): boolean {
  return atomicTypes.has(shortName(typeName));
}

/** Lists whose type is another than their patch strategy says. */
const lists: ReadonlyMap<string, ListType> = new Map(
  Object.entries({
    'Container.ports': byPortAndProtocol('containerPort'),
    'EphemeralContainer.ports': byPortAndProtocol('containerPort'),
    'ServiceSpec.ports': byPortAndProtocol('port'),
    'LoadBalancerStatus.ingress': { type: 'atomic' },
    'PodSpec.topologySpreadConstraints': byKeys('topologyKey', 'whenUnsatisfiable'),
    'PodStatus.containerStatuses': { type: 'atomic' },
    'PodStatus.initContainerStatuses': { type: 'atomic' },
    'PodStatus.ephemeralContainerStatuses': { type: 'atomic' },
    'ResourceRequirements.claims': byKeys('name'),
    'ServiceAccount.imagePullSecrets': { type: 'atomic' },
  } satisfies Record<string, ListType>),
);

const atomicMaps: ReadonlySet<string> = new Set(['PodSpec.nodeSelector', 'ServiceSpec.selector']);

const atomicTypes: ReadonlySet<string> = new Set([
  'ConfigMapKeySelector',
  'EndpointAddress',
  'LabelSelector',
  'LocalObjectReference',
  'NodeSelector',
  'NodeSelectorTerm',
  'ObjectFieldSelector',
  'ObjectReference',
  'OwnerReference',
  'ResourceFieldSelector',
  'RoleRef',
  'SecretKeySelector',
  'SecretReference',
  'Subject',
  'TypedLocalObjectReference',
]);

function byKeys(...keys: readonly string[]): ListType {
  return { type: 'map', keys, defaults: {} };
}

function byPortAndProtocol(port: string): ListType {
  return { type: 'map', keys: [port, 'protocol'], defaults: { protocol: 'TCP' } };
}

function shortName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
