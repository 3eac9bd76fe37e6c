/** The revisions of a Deployment, which `kubectl rollout history` and `undo` read from annotations. */
import type { Deployment, ReplicaSet } from '../objects/workload.ts';
import { boundsOf, maxReplicasAnnotation } from './rollout-plan.ts';

export const revisionAnnotation = 'deployment.kubernetes.io/revision';
const historyAnnotation = 'deployment.kubernetes.io/revision-history';
export const desiredReplicasAnnotation = 'deployment.kubernetes.io/desired-replicas';

/** What stays the Deployment's own. */
const notCopied = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  historyAnnotation,
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
  'deprecated.deployment.rollback.to',
]);

type Annotations = Readonly<Record<string, string>>;

export function revisionOf({
  metadata,
}: {
  readonly metadata: { readonly annotations?: Annotations };
}): number {
  return Number(metadata.annotations?.[revisionAnnotation] ?? 0) || 0;
}

/** One more than the highest of the others. */
export function nextRevision(oldSets: readonly ReplicaSet[]): number {
  return Math.max(0, ...oldSets.map(revisionOf)) + 1;
}

/** The annotations that the newest ReplicaSet should carry. */
export function annotationsFor(
  deployment: Deployment,
  set: ReplicaSet | undefined,
  revision: number,
): Annotations {
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(
    ([key]) => !notCopied.has(key),
  );
  const known = set?.metadata.annotations ?? {};
  const before = set ? revisionOf(set) : 0;
  return {
    ...known,
    ...Object.fromEntries(copied),
    [revisionAnnotation]: String(Math.max(revision, before)),
    // A revision that comes back under a new number remembers its old ones.
    ...(before > 0 && before < revision && { [historyAnnotation]: historyOf(known, before) }),
    ...(set ? {} : sizeAnnotations(deployment)),
  };
}

function historyOf(annotations: Annotations, revision: number): string {
  const history = annotations[historyAnnotation];
  return history ? `${history},${revision}` : String(revision);
}

/** How large the Deployment was when its ReplicaSets were last scaled: how a later scaling is noticed. */
export function sizeAnnotations(deployment: Deployment): Annotations {
  const { replicas = 1 } = deployment.spec;
  return {
    [desiredReplicasAnnotation]: String(replicas),
    [maxReplicasAnnotation]: String(replicas + boundsOf(deployment).maxSurge),
  };
}
