/** What a Deployment says of itself: counts and conditions, with upstream's reasons and wording. */
import { conditionOf, now, type Condition } from '../objects/meta.ts';
import type { Deployment, DeploymentStatus, ReplicaSet } from '../objects/workload.ts';
import { availableOf, boundsOf, replicasOf } from './rollout-plan.ts';

export function statusOf(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
): DeploymentStatus {
  const all = newSet ? [...oldSets, newSet] : oldSets;
  const sum = (count: (set: ReplicaSet) => number) =>
    all.reduce((total, set) => total + count(set), 0);
  const available = sum(availableOf);
  const collisions = deployment.status?.collisionCount;
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: sum((set) => set.status?.replicas ?? 0),
    updatedReplicas: newSet?.status?.replicas ?? 0,
    readyReplicas: sum((set) => set.status?.readyReplicas ?? 0),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, sum(replicasOf) - available),
    ...(collisions !== undefined && { collisionCount: collisions }),
    conditions: withCondition(
      deployment.status?.conditions ?? [],
      availability(deployment, available),
    ),
  };
}

function availability(deployment: Deployment, available: number): Condition {
  const isEnough =
    available >= (deployment.spec.replicas ?? 1) - boundsOf(deployment).maxUnavailable;
  return isEnough
    ? condition(
        'Available',
        'True',
        'MinimumReplicasAvailable',
        'Deployment has minimum availability.',
      )
    : condition(
        'Available',
        'False',
        'MinimumReplicasUnavailable',
        'Deployment does not have minimum availability.',
      );
}

/** The status with what it says of the rollout's progress. */
export function withProgress(
  deployment: Deployment,
  status: DeploymentStatus,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
): DeploymentStatus {
  const conditions = (status.conditions ?? []).filter(({ type }) => type !== 'ReplicaFailure');
  const failure = [newSet, ...oldSets]
    .map((set) => set && conditionOf(set.status, 'ReplicaFailure'))
    .find((found) => found !== undefined);
  const others = failure ? withCondition(conditions, failure) : conditions;
  if (!hasDeadline(deployment)) {
    return { ...status, conditions: others.filter(({ type }) => type !== 'Progressing') };
  }
  const progress = progressOf(deployment, status, newSet);
  if (!progress) return { ...status, conditions: others };
  // Progress is news each time, even where its reason is the same.
  const isRenewed = progress.reason === 'ReplicaSetUpdated';
  return { ...status, conditions: withCondition(others, progress, isRenewed) };
}

function progressOf(
  deployment: Deployment,
  status: DeploymentStatus,
  newSet: ReplicaSet | undefined,
): Condition | undefined {
  const current = conditionOf(deployment.status, 'Progressing');
  const isDone =
    status.replicas === status.updatedReplicas && current?.reason === 'NewReplicaSetAvailable';
  if (isDone) return undefined;
  const what = newSet
    ? `ReplicaSet "${newSet.metadata.name}"`
    : `Deployment "${deployment.metadata.name}"`;
  if (isComplete(deployment, status)) {
    const message = `${what} has successfully progressed.`;
    return condition('Progressing', 'True', 'NewReplicaSetAvailable', message);
  }
  if (isProgressing(deployment.status ?? {}, status)) {
    return condition('Progressing', 'True', 'ReplicaSetUpdated', `${what} is progressing.`);
  }
  if (untilDeadline(deployment, status) === 0) {
    const message = `${what} has timed out progressing.`;
    return condition('Progressing', 'False', 'ProgressDeadlineExceeded', message);
  }
  return undefined;
}

/** All that is wanted is updated and available, and nothing else is left. */
export function isComplete({ spec, metadata }: Deployment, status: DeploymentStatus): boolean {
  const replicas = spec.replicas ?? 1;
  return (
    status.updatedReplicas === replicas &&
    status.replicas === replicas &&
    status.availableReplicas === replicas &&
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  );
}

function isProgressing(before: DeploymentStatus, status: DeploymentStatus): boolean {
  const old = ({ replicas = 0, updatedReplicas = 0 }: DeploymentStatus) =>
    replicas - updatedReplicas;
  const grew = (field: 'updatedReplicas' | 'readyReplicas' | 'availableReplicas') =>
    (status[field] ?? 0) > (before[field] ?? 0);
  return (
    grew('updatedReplicas') ||
    old(status) < old(before) ||
    grew('readyReplicas') ||
    grew('availableReplicas')
  );
}

/** Milliseconds; 0: it has passed. Undefined: none counts now. */
export function untilDeadline(
  deployment: Deployment,
  status: DeploymentStatus,
): number | undefined {
  const progress = conditionOf(status, 'Progressing');
  if (!hasDeadline(deployment) || deployment.spec.paused || !progress) return undefined;
  if (progress.reason === 'NewReplicaSetAvailable' || isComplete(deployment, status)) {
    return undefined;
  }
  if (progress.reason === 'ProgressDeadlineExceeded') return 0;
  const since = Date.parse(progress.lastUpdateTime ?? '') || Date.now();
  const deadlineMs = (deployment.spec.progressDeadlineSeconds ?? 600) * 1000;
  return Math.max(0, since + deadlineMs - Date.now());
}

/** The largest number stands for none. */
export function hasDeadline({ spec }: Deployment): boolean {
  return (spec.progressDeadlineSeconds ?? 600) !== 2 ** 31 - 1;
}

export function condition(
  type: string,
  status: Condition['status'],
  reason: string,
  message: string,
): Condition {
  const time = now();
  return { type, status, lastUpdateTime: time, lastTransitionTime: time, reason, message };
}

/** In place of the one of the same type. The same once more stays as it was, unless it is to be renewed. */
export function withCondition(
  conditions: readonly Condition[],
  added: Condition,
  isRenewed = false,
): readonly Condition[] {
  const known = conditions.find(({ type }) => type === added.type);
  if (known?.status === added.status && known.reason === added.reason && !isRenewed) {
    return conditions;
  }
  const since =
    known?.status === added.status ? known.lastTransitionTime : added.lastTransitionTime;
  const fresh = { ...added, ...(since !== undefined && { lastTransitionTime: since }) };
  return [...conditions.filter(({ type }) => type !== added.type), fresh];
}

/** Whether a write would say nothing new. Zeros may be left out. */
export function isSameStatus(one: DeploymentStatus | undefined, other: DeploymentStatus): boolean {
  return (
    one !== undefined &&
    counts.every((field) => (one[field] ?? 0) === (other[field] ?? 0)) &&
    JSON.stringify(one.conditions ?? []) === JSON.stringify(other.conditions ?? [])
  );
}

const counts = [
  'observedGeneration',
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'unavailableReplicas',
  'collisionCount',
] as const;
