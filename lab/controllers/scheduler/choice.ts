/** The node that a pod goes to, or why there is none. */
import { controllerOf } from '../objects/owners.ts';
import type { Pod } from '../objects/pod.ts';
import { isTermMet, isTolerated, reasonsAgainst, taintsOf } from './filters.ts';
import type { NodeState } from './node-state.ts';

export type Choice =
  | { readonly isFound: true; readonly nodeName: string }
  | { readonly isFound: false; readonly message: string };

export function chooseNode(pod: Pod, all: readonly NodeState[]): Choice {
  const judged = all.map((state) => ({ state, reasons: reasonsAgainst(pod, state, all) }));
  const [best] = judged
    .filter(({ reasons }) => reasons.length === 0)
    .map(({ state }) => ({ state, scores: scoresOf(pod, state) }))
    .sort((one, other) => compare(one.scores, other.scores));
  if (best) return { isFound: true, nodeName: best.state.node.metadata.name };
  return { isFound: false, message: explain(judged.map(({ reasons }) => reasons)) };
}

/** The smaller the better, the first difference decides; then the name. */
function scoresOf(pod: Pod, { node, pods }: NodeState): readonly (number | string)[] {
  const owner = controllerOf(pod)?.uid;
  const preferred =
    pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const weight = preferred
    .filter(({ preference }) => isTermMet(preference, node))
    .reduce((sum, one) => sum + one.weight, 0);
  const avoided = taintsOf(node).filter(
    (taint) => taint.effect === 'PreferNoSchedule' && !isTolerated(pod, taint),
  );
  const siblings = pods.filter((one) => owner !== undefined && controllerOf(one)?.uid === owner);
  return [avoided.length, -weight, siblings.length, pods.length, node.metadata.name];
}

function compare(one: readonly (number | string)[], other: readonly (number | string)[]): number {
  for (const [index, score] of one.entries()) {
    const against = other[index] ?? 0;
    if (score !== against) return score < against ? -1 : 1;
  }
  return 0;
}

/** Upstream's account: how many nodes have which reason. */
function explain(reasons: readonly (readonly string[])[]): string {
  if (reasons.length === 0) return 'no nodes available to schedule pods';
  const counts = new Map<string, number>();
  for (const reason of reasons.flat()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const histogram = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  const none = `0/${reasons.length} nodes are available:`;
  // Nobody has to make room for anybody in the lab: all have the same priority.
  const helpless = reasons.filter((list) => !list.some(isAboutRoom)).length;
  const preemption = [
    ...(helpless > 0 ? [`${helpless} Preemption is not helpful for scheduling`] : []),
    ...(helpless < reasons.length
      ? [`${reasons.length - helpless} No preemption victims found for incoming pod`]
      : []),
  ].sort();
  return `${none} ${histogram.join(', ')}. preemption: ${none} ${preemption.join(', ')}.`;
}

/** What would pass if other pods left. */
function isAboutRoom(reason: string): boolean {
  return (
    reason.startsWith('Insufficient') ||
    reason === 'Too many pods' ||
    reason.includes('free ports') ||
    reason.includes('anti-affinity') ||
    reason === "node(s) didn't match pod topology spread constraints"
  );
}
