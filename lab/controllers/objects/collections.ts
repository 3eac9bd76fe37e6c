/** Where the API keeps each kind. */
import type { KubeObject } from '../../../proxies/kit/api/api-client.ts';
import type { Lease } from '../../../proxies/kit/api/leader-election.ts';
import type { ConfigMap, Namespace } from './namespace.ts';
import type { Node } from './node.ts';
import type { Pod } from './pod.ts';
import type { Endpoints, EndpointSlice, Service } from './service.ts';
import type { Deployment, ReplicaSet } from './workload.ts';

export interface Collection<T extends KubeObject> {
  /** The path of all objects, in all namespaces: `/apis/apps/v1/deployments`. */
  readonly path: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Only for the type. */
  readonly object?: T;
}

export const pods: Collection<Pod> = collection('v1', 'Pod', 'pods');
export const nodes: Collection<Node> = collection('v1', 'Node', 'nodes');
export const services: Collection<Service> = collection('v1', 'Service', 'services');
export const endpoints: Collection<Endpoints> = collection('v1', 'Endpoints', 'endpoints');
export const namespaces: Collection<Namespace> = collection('v1', 'Namespace', 'namespaces');
export const configMaps: Collection<ConfigMap> = collection('v1', 'ConfigMap', 'configmaps');
export const serviceAccounts: Collection<KubeObject> = collection(
  'v1',
  'ServiceAccount',
  'serviceaccounts',
);
export const deployments: Collection<Deployment> = collection(
  'apps/v1',
  'Deployment',
  'deployments',
);
export const replicaSets: Collection<ReplicaSet> = collection(
  'apps/v1',
  'ReplicaSet',
  'replicasets',
);
export const endpointSlices: Collection<EndpointSlice> = collection(
  'discovery.k8s.io/v1',
  'EndpointSlice',
  'endpointslices',
);
export const leases: Collection<Lease> = collection('coordination.k8s.io/v1', 'Lease', 'leases');

export function collection(apiVersion: string, kind: string, plural: string): Collection<never> {
  const root = apiVersion.includes('/') ? '/apis' : '/api';
  return { path: `${root}/${apiVersion}/${plural}`, apiVersion, kind };
}

/** @example inNamespace(pods, 'default') // '/api/v1/namespaces/default/pods' */
export function inNamespace({ path }: { readonly path: string }, namespace = ''): string {
  if (namespace === '') return path;
  const at = path.lastIndexOf('/');
  return `${path.slice(0, at)}/namespaces/${namespace}${path.slice(at)}`;
}

/** @example pathOf(pods, pod, 'binding') // '/api/v1/namespaces/default/pods/web-0/binding' */
export function pathOf(
  collection: { readonly path: string },
  { metadata: { namespace, name } }: KubeObject,
  subresource?: string,
): string {
  const path = `${inNamespace(collection, namespace)}/${name}`;
  return subresource ? `${path}/${subresource}` : path;
}
