/** Which pods a ReplicaSet gives up first: those that would be missed least. */
import { conditionOf } from '../objects/meta.ts';
import { isReady, type Pod } from '../objects/pod.ts';

const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';
const phases: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/**
 * Upstream's `ActivePodsWithRanks`, a criterion a line; the smaller is deleted first.
 * https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#scaling-a-replicaset
 */
const criteria: readonly ((pod: Pod, crowds: ReadonlyMap<string, number>) => number)[] = [
  (pod) => Number(Boolean(pod.spec.nodeName)),
  (pod) => phases[pod.status?.phase ?? ''] ?? 0,
  (pod) => Number(isReady(pod)),
  (pod) => Number(pod.metadata.annotations?.[deletionCost] ?? 0) || 0,
  // The more of them share a node, the sooner.
  (pod, crowds) => -(crowds.get(pod.spec.nodeName ?? '') ?? 0),
  (pod) => (isReady(pod) ? -timeOf(conditionOf(pod.status, 'Ready')?.lastTransitionTime) : 0),
  (pod) => -mostRestarts(pod),
  (pod) => -timeOf(pod.metadata.creationTimestamp),
];

/** @param related all active pods that belong together, also those of sister ReplicaSets */
export function inDeletionOrder(pods: readonly Pod[], related: readonly Pod[]): readonly Pod[] {
  const crowds = new Map<string, number>();
  for (const { spec } of related) {
    const node = spec.nodeName ?? '';
    crowds.set(node, (crowds.get(node) ?? 0) + 1);
  }
  return [...pods].sort((one, other) => {
    for (const criterion of criteria) {
      const difference = criterion(one, crowds) - criterion(other, crowds);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}

function mostRestarts({ status }: Pod): number {
  return Math.max(0, ...(status?.containerStatuses ?? []).map((one) => one.restartCount ?? 0));
}

function timeOf(text: string | undefined): number {
  return Date.parse(text ?? '') || 0;
}
