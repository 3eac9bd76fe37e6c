/** Where a pod may go in view of where others are: spread constraints, affinity and anti-affinity. */
import { isDeepStrictEqual } from 'node:util';
import type { Pod, PodAffinityTerm, TopologySpreadConstraint } from '../objects/pod.ts';
import { matches } from '../objects/selector.ts';
import type { Filter } from './filters.ts';
import type { NodeState } from './node-state.ts';

export const topologyFilters: readonly Filter[] = [spreads, isNearFriends, isFarFromFoes];

function spreads(pod: Pod, state: NodeState, all: readonly NodeState[]): readonly string[] {
  const hard = (pod.spec.topologySpreadConstraints ?? []).filter(
    ({ whenUnsatisfiable }) => whenUnsatisfiable !== 'ScheduleAnyway',
  );
  for (const constraint of hard) {
    const domain = domainOf(state, constraint.topologyKey);
    if (domain === undefined) {
      return ["node(s) didn't match pod topology spread constraints (missing required label)"];
    }
    const counts = countByDomain(pod, constraint, all);
    const skew = (counts.get(domain) ?? 0) + 1 - Math.min(...counts.values());
    if (skew > constraint.maxSkew) return ["node(s) didn't match pod topology spread constraints"];
  }
  return [];
}

function countByDomain(
  pod: Pod,
  { topologyKey, labelSelector }: TopologySpreadConstraint,
  all: readonly NodeState[],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const state of all) {
    const domain = domainOf(state, topologyKey);
    if (domain === undefined) continue;
    const matching = state.pods.filter(
      (one) =>
        one.metadata.namespace === pod.metadata.namespace &&
        !one.metadata.deletionTimestamp &&
        labelSelector !== undefined &&
        matches(labelSelector, one.metadata.labels),
    );
    counts.set(domain, (counts.get(domain) ?? 0) + matching.length);
  }
  return counts;
}

function isNearFriends(pod: Pod, state: NodeState, all: readonly NodeState[]): readonly string[] {
  const terms = required(pod.spec.affinity?.podAffinity);
  const isMet = terms.every((term) => {
    if (hasPod(term, pod, inSameDomain(state, term.topologyKey, all))) return true;
    // The first of a group that wants to be together has nobody to be near to.
    return selects(term, pod, pod) && !hasPod(term, pod, all) && domainOf(state, term.topologyKey);
  });
  return isMet ? [] : ["node(s) didn't match pod affinity rules"];
}

function isFarFromFoes(pod: Pod, state: NodeState, all: readonly NodeState[]): readonly string[] {
  const isNear = required(pod.spec.affinity?.podAntiAffinity).some((term) =>
    hasPod(term, pod, inSameDomain(state, term.topologyKey, all)),
  );
  if (isNear) return ["node(s) didn't match pod anti-affinity rules"];
  const isShunned = all
    .flatMap((other) => other.pods.map((existing) => ({ other, existing })))
    .some(({ other, existing }) =>
      required(existing.spec.affinity?.podAntiAffinity).some(
        (term) =>
          selects(term, existing, pod) &&
          domainOf(other, term.topologyKey) !== undefined &&
          isDeepStrictEqual(domainOf(other, term.topologyKey), domainOf(state, term.topologyKey)),
      ),
    );
  return isShunned ? ["node(s) didn't satisfy existing pods anti-affinity rules"] : [];
}

function required(
  affinity:
    | { readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityTerm[] }
    | undefined,
): readonly PodAffinityTerm[] {
  return affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
}

function hasPod(term: PodAffinityTerm, owner: Pod, states: readonly NodeState[]): boolean {
  return states.some(({ pods }) => pods.some((one) => selects(term, owner, one)));
}

/** Whether the owner's term means this pod. */
function selects({ labelSelector, namespaces }: PodAffinityTerm, owner: Pod, pod: Pod): boolean {
  const where = namespaces?.length ? namespaces : [owner.metadata.namespace];
  return (
    labelSelector !== undefined &&
    where.includes(pod.metadata.namespace ?? '') &&
    matches(labelSelector, pod.metadata.labels)
  );
}

function inSameDomain(
  state: NodeState,
  key: string,
  all: readonly NodeState[],
): readonly NodeState[] {
  const domain = domainOf(state, key);
  return domain === undefined ? [] : all.filter((other) => domainOf(other, key) === domain);
}

function domainOf({ node }: NodeState, key: string): string | undefined {
  return node.metadata.labels?.[key];
}
