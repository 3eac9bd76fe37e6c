/** Who depends on whom, by uid. */
import type { KubeObject, OwnerReference } from '../../../proxies/kit/api/api-client.ts';
import type { DiscoveredKind } from './discovery.ts';

export interface GraphNode {
  readonly kind: DiscoveredKind;
  readonly object: KubeObject;
}

export interface OwnerGraph {
  get(uid: string): GraphNode | undefined;
  put(node: GraphNode): void;
  remove(object: KubeObject): void;
  /** Those that name this uid among their owners. */
  dependentsOf(uid: string): readonly GraphNode[];
}

export function createOwnerGraph(): OwnerGraph {
  const nodes = new Map<string, GraphNode>();
  const dependents = new Map<string, Set<string>>();
  const disconnect = (uid: string) => {
    for (const owner of ownersOf(nodes.get(uid)?.object)) {
      const uids = dependents.get(owner.uid);
      if (uids?.delete(uid) && uids.size === 0) dependents.delete(owner.uid);
    }
  };
  return {
    get: (uid) => nodes.get(uid),
    put: (node) => {
      const uid = uidOf(node.object);
      disconnect(uid);
      nodes.set(uid, node);
      for (const owner of ownersOf(node.object)) {
        const uids = dependents.get(owner.uid) ?? new Set<string>();
        dependents.set(owner.uid, uids.add(uid));
      }
    },
    remove: (object) => {
      disconnect(uidOf(object));
      nodes.delete(uidOf(object));
    },
    dependentsOf: (uid) =>
      [...(dependents.get(uid) ?? [])].flatMap((dependent) => nodes.get(dependent) ?? []),
  };
}

export function ownersOf(object: KubeObject | undefined): readonly OwnerReference[] {
  return object?.metadata.ownerReferences ?? [];
}

export function uidOf({ metadata }: KubeObject): string {
  return metadata.uid ?? '';
}
