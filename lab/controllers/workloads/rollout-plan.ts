/** How many pods each ReplicaSet of a Deployment should have next. Pure arithmetic, upstream's. */
import type { Deployment, ReplicaSet } from '../objects/workload.ts';

export interface Scaling {
  readonly set: ReplicaSet;
  readonly replicas: number;
}

export interface Bounds {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

export function boundsOf({ spec }: Deployment): Bounds {
  if (spec.strategy?.type === 'Recreate') return { maxSurge: 0, maxUnavailable: 0 };
  const replicas = spec.replicas ?? 1;
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec.strategy?.rollingUpdate ?? {};
  const surge = share(maxSurge, replicas, Math.ceil);
  const unavailable = share(maxUnavailable, replicas, Math.floor);
  // With neither, nothing could ever move.
  return { maxSurge: surge, maxUnavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

function share(value: number | string, total: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  return value.endsWith('%') ? round((Number.parseFloat(value) / 100) * total) : Number(value);
}

/** How many the new ReplicaSet may have now, without passing `replicas + maxSurge` in all. */
export function newSetReplicas(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  current: number,
): number {
  const { replicas = 1, strategy } = deployment.spec;
  if (strategy?.type === 'Recreate' || current >= replicas) return replicas;
  const room = replicas + boundsOf(deployment).maxSurge - wantedOf(all);
  return room <= 0 ? current : current + Math.min(room, replicas - current);
}

/** Which old ReplicaSets give up pods now: unhealthy ones first, and never below what must be available. */
export function oldSetScalings(
  deployment: Deployment,
  newSet: ReplicaSet,
  oldSets: readonly ReplicaSet[],
): readonly Scaling[] {
  const { maxUnavailable } = boundsOf(deployment);
  const all = [...oldSets, newSet];
  const minAvailable = (deployment.spec.replicas ?? 1) - maxUnavailable;
  const newUnavailable = replicasOf(newSet) - availableOf(newSet);
  const mostScaledDown = wantedOf(all) - minAvailable - newUnavailable;
  if (wantedOf(oldSets) === 0 || mostScaledDown <= 0) return [];

  const ordered = byAge(oldSets);
  const left = new Map(ordered.map((set) => [set, replicasOf(set)]));
  let unhealthy = mostScaledDown;
  for (const set of ordered) {
    const given = Math.min(unhealthy, Math.max(0, replicasOf(set) - availableOf(set)));
    left.set(set, replicasOf(set) - given);
    unhealthy -= given;
  }
  let spare = all.reduce((sum, set) => sum + availableOf(set), 0) - minAvailable;
  for (const set of ordered) {
    const has = left.get(set) ?? 0;
    const given = Math.min(has, Math.max(0, spare));
    left.set(set, has - given);
    spare -= given;
  }
  return ordered
    .map((set) => ({ set, replicas: left.get(set) ?? 0 }))
    .filter(({ set, replicas }) => replicas !== replicasOf(set));
}

/** A Deployment scaled in the middle of a rollout: each ReplicaSet changes by its share. */
export function proportionalScalings(
  deployment: Deployment,
  active: readonly ReplicaSet[],
): readonly Scaling[] {
  const { replicas = 1 } = deployment.spec;
  const allowed = replicas > 0 ? replicas + boundsOf(deployment).maxSurge : 0;
  const toAdd = allowed - wantedOf(active);
  // The largest first; of equals the newer when growing, the older when shrinking.
  const ordered = (toAdd > 0 ? byAge(active).toReversed() : byAge(active)).sort(
    (one, other) => replicasOf(other) - replicasOf(one),
  );
  let added = 0;
  const sizes = ordered.map((set) => {
    const fraction = toAdd === 0 ? 0 : proportionOf(set, deployment, allowed, toAdd, added);
    added += fraction;
    return { set, replicas: replicasOf(set) + fraction };
  });
  const [first, ...rest] = sizes;
  if (!first || toAdd === 0) return sizes;
  return [{ ...first, replicas: Math.max(0, first.replicas + toAdd - added) }, ...rest];
}

function proportionOf(
  set: ReplicaSet,
  deployment: Deployment,
  allowed: number,
  toAdd: number,
  added: number,
): number {
  const replicas = replicasOf(set);
  if (replicas === 0 || toAdd === added) return 0;
  const before = Number(set.metadata.annotations?.[maxReplicasAnnotation]);
  const most = before > 0 ? before : (deployment.status?.replicas ?? allowed);
  const fraction = most === 0 ? 0 : roundHalfAway((replicas * allowed) / most) - replicas;
  const rest = toAdd - added;
  return toAdd > 0 ? Math.min(fraction, rest) : Math.max(fraction, rest);
}

function roundHalfAway(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

export const maxReplicasAnnotation = 'deployment.kubernetes.io/max-replicas';

export function replicasOf({ spec }: ReplicaSet): number {
  return spec.replicas ?? 1;
}

export function availableOf({ status }: ReplicaSet): number {
  return status?.availableReplicas ?? 0;
}

export function wantedOf(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, set) => sum + replicasOf(set), 0);
}

/** Oldest first; of equals, by name. */
export function byAge(sets: readonly ReplicaSet[]): ReplicaSet[] {
  return [...sets].sort((one, other) => {
    const [first = '', second = ''] = [one, other].map((set) => set.metadata.creationTimestamp);
    return first === second
      ? one.metadata.name.localeCompare(other.metadata.name)
      : first.localeCompare(second);
  });
}
