/** What the pods of each node refer to: what the node's agent needs to read to run them. */
import { at, listAt, textAt, type ApiObject } from './api-object.ts';
import { mirror } from './mirror.ts';
import type { ApiStore } from './registry.ts';

export interface NodePods extends AsyncDisposable {
  /** Whether a pod of the node is this object, or refers to it. */
  isRelated(node: string, plural: string, namespace: string, name: string): boolean;
}

const podsPrefix = '/core/pods/';

/** Follows the pods of a store. */
export function followNodePods(store: ApiStore): NodePods {
  /** By node, then by pod: the objects that the pod refers to, itself among them. */
  const nodes = new Map<string, Map<string, ReadonlySet<string>>>();
  const places = new Map<string, string>();
  const pods = mirror(store, podsPrefix, (key, entry) => {
    const earlier = places.get(key);
    const node = textAt(entry?.value, 'spec', 'nodeName');
    if (entry && earlier === node) return;
    if (earlier !== undefined) nodes.get(earlier)?.delete(key);
    places.delete(key);
    if (!entry || node === '') return;
    const own = nodes.get(node) ?? new Map<string, ReadonlySet<string>>();
    own.set(key, referencesOf(entry.value));
    nodes.set(node, own);
    places.set(key, node);
  });
  return {
    isRelated: (node, plural, namespace, name) =>
      [...(nodes.get(node)?.values() ?? [])].some((references) =>
        references.has(`${plural}/${namespace}/${name}`),
      ),
    [Symbol.asyncDispose]: () => pods[Symbol.asyncDispose](),
  };
}

/** `secrets/default/x`: what the kubelet reads for a pod. A scheduled pod's references never change. */
function referencesOf(pod: ApiObject): ReadonlySet<string> {
  const { name, namespace = '' } = pod.metadata;
  const volumes = listAt(pod, 'spec', 'volumes');
  const projected = volumes.flatMap((volume) => listAt(volume, 'projected', 'sources'));
  const containers = [
    ...listAt(pod, 'spec', 'containers'),
    ...listAt(pod, 'spec', 'initContainers'),
  ];
  const environment = containers.flatMap((container) => [
    ...listAt(container, 'envFrom'),
    ...listAt(container, 'env').map((variable) => at(variable, 'valueFrom') ?? null),
  ]);
  const secrets = [
    ...volumes.map((volume) => textAt(volume, 'secret', 'secretName')),
    ...projected.map((source) => textAt(source, 'secret', 'name')),
    ...environment.flatMap((source) => [
      textAt(source, 'secretRef', 'name'),
      textAt(source, 'secretKeyRef', 'name'),
    ]),
    ...listAt(pod, 'spec', 'imagePullSecrets').map((secret) => textAt(secret, 'name')),
  ];
  const configMaps = [
    ...[...volumes, ...projected].map((source) => textAt(source, 'configMap', 'name')),
    ...environment.flatMap((source) => [
      textAt(source, 'configMapRef', 'name'),
      textAt(source, 'configMapKeyRef', 'name'),
    ]),
  ];
  const account = textAt(pod, 'spec', 'serviceAccountName') || 'default';
  const key = (plural: string, of: string) => `${plural}/${namespace}/${of}`;
  return new Set([
    key('pods', name),
    key('serviceaccounts', account),
    ...secrets.map((secret) => key('secrets', secret)),
    ...configMaps.map((map) => key('configmaps', map)),
  ]);
}
