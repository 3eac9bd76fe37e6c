/** A node with what is on it, as the filters see it. */
import type { Node } from '../objects/node.ts';
import type { Pod } from '../objects/pod.ts';
import { valueOf } from './quantity.ts';

export interface NodeState {
  readonly node: Node;
  /** Pods that take up room: those bound to it or about to be, but for the finished. */
  readonly pods: readonly Pod[];
}

export type Resources = Readonly<Record<string, number>>;

const known = new WeakMap<Pod, Resources>();

/** The larger of what the containers ask for together and what any one init container asks for. */
export function requestsOf(pod: Pod): Resources {
  const before = known.get(pod);
  if (before) return before;
  const total: Record<string, number> = {};
  for (const { resources } of pod.spec.containers) {
    for (const [name, quantity] of Object.entries(resources?.requests ?? {})) {
      total[name] = (total[name] ?? 0) + valueOf(quantity);
    }
  }
  for (const { resources } of pod.spec.initContainers ?? []) {
    for (const [name, quantity] of Object.entries(resources?.requests ?? {})) {
      total[name] = Math.max(total[name] ?? 0, valueOf(quantity));
    }
  }
  known.set(pod, total);
  return total;
}

/** What the pods of a node have taken of one resource. */
export function takenOf({ pods }: NodeState, resource: string): number {
  return pods.reduce((sum, pod) => sum + (requestsOf(pod)[resource] ?? 0), 0);
}
