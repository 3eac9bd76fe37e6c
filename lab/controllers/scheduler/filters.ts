/** Why a pod cannot go to a node: the reasons, with upstream's wording. */
import { conditionTaints, tolerates } from '../nodes/taints.ts';
import type { Labels } from '../objects/meta.ts';
import type { Node, Taint } from '../objects/node.ts';
import type { NodeSelectorTerm, Pod } from '../objects/pod.ts';
import { matchesLabels, meets } from '../objects/selector.ts';
import { requestsOf, takenOf, type NodeState } from './node-state.ts';
import { valueOf } from './quantity.ts';
import { topologyFilters } from './topology-filters.ts';

/** Reasons why the pod does not fit; none: it fits. */
export type Filter = (pod: Pod, state: NodeState, all: readonly NodeState[]) => readonly string[];

/** The first filter that finds a reason decides, in upstream's order. */
export function reasonsAgainst(
  pod: Pod,
  state: NodeState,
  all: readonly NodeState[],
): readonly string[] {
  for (const filter of filters) {
    const reasons = filter(pod, state, all);
    if (reasons.length > 0) return reasons;
  }
  return [];
}

const filters: readonly Filter[] = [
  (pod, { node }) =>
    node.spec?.unschedulable && !isTolerated(pod, unschedulable)
      ? ['node(s) were unschedulable']
      : [],
  (pod, { node }) => {
    const taint = taintsOf(node).find((one) => isHard(one) && !isTolerated(pod, one));
    if (!taint) return [];
    return [`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`];
  },
  (pod, { node }) =>
    isWanted(pod, node) ? [] : ["node(s) didn't match Pod's node affinity/selector"],
  (pod, { pods }) => {
    const wanted = hostPortsOf(pod);
    const isTaken = pods.some((one) => hostPortsOf(one).some((port) => wanted.includes(port)));
    return isTaken ? ["node(s) didn't have free ports for the requested pod ports"] : [];
  },
  fits,
  ...topologyFilters,
];

const unschedulable: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Also those that the node's conditions call for but nobody has written yet. */
export function taintsOf(node: Node): readonly Taint[] {
  return [...(node.spec?.taints ?? []), ...conditionTaints(node)];
}

function isHard({ effect }: Taint): boolean {
  return effect === 'NoSchedule' || effect === 'NoExecute';
}

export function isTolerated({ spec }: Pod, taint: Taint): boolean {
  return (spec.tolerations ?? []).some((toleration) => tolerates(toleration, taint));
}

function isWanted({ spec }: Pod, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  if (!matchesLabels(spec.nodeSelector ?? {}, labels)) return false;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return !required || required.nodeSelectorTerms.some((term) => isTermMet(term, node, labels));
}

/** A term without any requirement matches nothing. */
export function isTermMet(
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
  node: Node,
  labels: Labels = node.metadata.labels ?? {},
): boolean {
  const fields = { 'metadata.name': node.metadata.name };
  return (
    matchExpressions.length + matchFields.length > 0 &&
    matchExpressions.every((requirement) => meets(requirement, labels)) &&
    matchFields.every((requirement) => meets(requirement, fields))
  );
}

function hostPortsOf({ spec }: Pod): readonly string[] {
  return spec.containers
    .flatMap(({ ports }) => ports ?? [])
    .filter(({ hostPort = 0 }) => hostPort > 0)
    .map(({ hostPort = 0, protocol = 'TCP' }) => `${protocol} ${hostPort}`);
}

/** Whether there is room: for one more pod, and for what it asks. */
function fits(pod: Pod, state: NodeState): readonly string[] {
  const allocatable = state.node.status?.allocatable ?? {};
  const { pods: most } = allocatable;
  const lacking = Object.entries(requestsOf(pod))
    .filter(([name, asked]) => {
      const has = valueOf(allocatable[name]);
      // Quantities are decimal: leave room for the error of the sum.
      return asked > 0 && takenOf(state, name) + asked > has * (1 + 1e-9);
    })
    .map(([name]) => `Insufficient ${name}`);
  const isFull = most !== undefined && state.pods.length + 1 > valueOf(most);
  return isFull ? ['Too many pods', ...lacking] : lacking;
}
