/** Deployments: a ReplicaSet for each template, and pods that move from the old ones to the new. */
import { keyOf } from '../../../proxies/kit/api/watch-cache.ts';
import { isRefusal } from '../../../proxies/kit/api/errors.ts';
import {
  deployments as deploymentKind,
  inNamespace,
  pathOf,
  pods as podKind,
  replicaSets,
} from '../objects/collections.ts';
import { conditionOf } from '../objects/meta.ts';
import { controllerOf, controllerReference } from '../objects/owners.ts';
import { isFinished } from '../objects/pod.ts';
import { isEmpty, matches } from '../objects/selector.ts';
import type { Deployment, DeploymentStatus, ReplicaSet } from '../objects/workload.ts';
import type { StartController } from '../work/controller.ts';
import { lookUp } from '../work/lookup.ts';
import { createWorkQueue } from '../../../proxies/kit/api/work-queue.ts';
import { claim } from './claim.ts';
import {
  condition,
  hasDeadline,
  isComplete,
  isSameStatus,
  statusOf,
  untilDeadline,
  withCondition,
  withProgress,
} from './deployment-status.ts';
import {
  annotationsFor,
  desiredReplicasAnnotation,
  nextRevision,
  revisionAnnotation,
  revisionOf,
  sizeAnnotations,
} from './revisions.ts';
import {
  boundsOf,
  byAge,
  newSetReplicas,
  oldSetScalings,
  proportionalScalings,
  replicasOf,
  wantedOf,
  type Scaling,
} from './rollout-plan.ts';
import { hashLabel, hashOf, isSameTemplate } from './template-hash.ts';

const component = 'deployment-controller';

export const startDeployments: StartController = (cluster, begin) => {
  const { client, recorder } = cluster;
  const all = cluster.follow(deploymentKind);
  const sets = cluster.follow(replicaSets);
  const pods = cluster.follow(podKind);
  const setsByOwner = lookUp(sets, (set) => [controllerOf(set)?.uid ?? '']);
  const podsByOwner = lookUp(pods, (pod) => [controllerOf(pod)?.uid ?? '']);
  const byNamespace = lookUp(all, ({ metadata }) => [metadata.namespace ?? '']);

  const queue = createWorkQueue({ name: 'deployment', begin, reconcile, log: cluster.log });
  const listening = new DisposableStack();
  listening.use(all.onChange(({ object }) => queue.add(keyOf(object))));
  listening.use(
    sets.onChange((change) => {
      const set = change.object;
      if (change.type === 'changed') addOwner(change.previous);
      if (controllerOf(set)) addOwner(set);
      else if (change.type !== 'deleted') addAdopters(set);
    }),
  );
  // Recreate waits until the last old pod is gone.
  listening.use(
    pods.onChange(({ type, object }) => {
      if (type === 'added') return;
      const set = controllerOf(object);
      if (set?.kind !== 'ReplicaSet' || (type === 'changed' && !isFinished(object))) return;
      const owner = sets.get(`${object.metadata.namespace ?? ''}/${set.name}`);
      if (owner) addOwner(owner);
    }),
  );
  const addOwner = (set: ReplicaSet) => {
    const owner = controllerOf(set);
    if (owner?.kind === 'Deployment') queue.add(`${set.metadata.namespace ?? ''}/${owner.name}`);
  };
  const addAdopters = ({ metadata }: ReplicaSet) => {
    for (const one of byNamespace.get(metadata.namespace ?? '')) {
      if (matches(one.spec.selector, metadata.labels)) queue.add(keyOf(one));
    }
  };

  async function reconcile(key: string): Promise<number | undefined> {
    const found = all.get(key);
    if (!found || isEmpty(found.spec.selector)) return undefined;
    const owned = await ownedBy(found);
    const rollout = split(found, owned);
    if (found.metadata.deletionTimestamp) return writeStatus(found, rollout, false);
    const deployment = await markPause(found);
    if (deployment.spec.paused || isScaled(deployment, owned)) {
      return scaleAll(deployment, await withRevision(deployment, rollout));
    }
    if (deployment.spec.strategy?.type === 'Recreate') return recreate(deployment, rollout);
    return roll(deployment, rollout);
  }

  async function roll(deployment: Deployment, before: Rollout): Promise<number | undefined> {
    const rollout = await withNewSet(deployment, before);
    if (!rollout.newSet) return writeStatus(deployment, rollout);
    const { newSet, oldSets } = rollout;
    const wanted = newSetReplicas(deployment, [...oldSets, newSet], replicasOf(newSet));
    const isGrowing = await scale(deployment, [{ set: newSet, replicas: wanted }]);
    if (isGrowing) return writeStatus(deployment, rollout);
    const isShrinking = await scale(deployment, oldSetScalings(deployment, newSet, oldSets));
    if (!isShrinking) await forgetOld(deployment, rollout);
    return writeStatus(deployment, rollout);
  }

  async function recreate(deployment: Deployment, before: Rollout): Promise<number | undefined> {
    const known = await withRevision(deployment, before);
    const none = known.oldSets.map((set) => ({ set, replicas: 0 }));
    if (await scale(deployment, none)) return writeStatus(deployment, known);
    const isRunning = known.oldSets
      .flatMap((set) => podsByOwner.get(set.metadata.uid ?? ''))
      .some((pod) => !isFinished(pod));
    if (isRunning) return writeStatus(deployment, known);
    const rollout = await withNewSet(deployment, known);
    const { newSet } = rollout;
    if (newSet) {
      await scale(deployment, [{ set: newSet, replicas: deployment.spec.replicas ?? 1 }]);
    }
    await forgetOld(deployment, rollout);
    return writeStatus(deployment, rollout);
  }

  /** Scaled while paused or in the middle of a rollout: no template moves, only sizes. */
  async function scaleAll(deployment: Deployment, rollout: Rollout): Promise<number | undefined> {
    const { newSet, oldSets } = rollout;
    const active = [...oldSets, ...(newSet ? [newSet] : [])].filter((set) => replicasOf(set) > 0);
    const [single] = active.length > 0 ? active : [newSet ?? byAge(oldSets).at(-1)];
    const replicas = deployment.spec.replicas ?? 1;
    if (active.length <= 1) {
      if (single) await scale(deployment, [{ set: single, replicas }]);
    } else if (newSet && isSaturated(deployment, newSet)) {
      await scale(
        deployment,
        oldSets.map((set) => ({ set, replicas: 0 })),
      );
    } else if (deployment.spec.strategy?.type !== 'Recreate') {
      await scale(deployment, proportionalScalings(deployment, active));
    }
    if (deployment.spec.paused) await forgetOld(deployment, rollout);
    return writeStatus(deployment, rollout, false);
  }

  async function ownedBy(deployment: Deployment): Promise<readonly ReplicaSet[]> {
    const orphans = setsByOwner
      .get('')
      .filter(({ metadata }) => metadata.namespace === deployment.metadata.namespace)
      .filter(({ metadata }) => matches(deployment.spec.selector, metadata.labels));
    const owned = setsByOwner.get(deployment.metadata.uid ?? '');
    const owner = { collection: deploymentKind, object: deployment };
    return claim(client, owner, replicaSets, [...owned, ...orphans]);
  }

  /** Says that it is paused, or goes on: its progress then has no deadline, or a new one. */
  async function markPause(deployment: Deployment): Promise<Deployment> {
    const progress = conditionOf(deployment.status, 'Progressing');
    if (!hasDeadline(deployment) || progress?.reason === 'ProgressDeadlineExceeded') {
      return deployment;
    }
    const isMarked = progress?.reason === 'DeploymentPaused';
    if (Boolean(deployment.spec.paused) === isMarked) return deployment;
    const mark = isMarked
      ? condition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed')
      : condition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused');
    const conditions = withCondition(deployment.status?.conditions ?? [], mark);
    const status = { ...deployment.status, conditions };
    return client.update<Deployment>(pathOf(deploymentKind, deployment, 'status'), {
      ...deployment,
      status,
    });
  }

  /** The rollout with the new ReplicaSet's revision up to date, where there is one. */
  async function withRevision(deployment: Deployment, rollout: Rollout): Promise<Rollout> {
    const { newSet, oldSets } = rollout;
    if (!newSet) return rollout;
    const annotations = annotationsFor(deployment, newSet, nextRevision(oldSets));
    const { minReadySeconds = 0 } = deployment.spec;
    const isSame =
      (newSet.spec.minReadySeconds ?? 0) === minReadySeconds &&
      Object.entries(annotations).every(
        ([key, value]) => newSet.metadata.annotations?.[key] === value,
      );
    const current = isSame
      ? newSet
      : await client.update<ReplicaSet>(pathOf(replicaSets, newSet), {
          ...newSet,
          metadata: { ...newSet.metadata, annotations },
          spec: { ...newSet.spec, minReadySeconds },
        });
    await markRevision(deployment, revisionOf(current));
    return { newSet: current, oldSets };
  }

  async function markRevision(deployment: Deployment, revision: number): Promise<void> {
    if (revisionOf(deployment) === revision) return;
    const annotations = { [revisionAnnotation]: String(revision) };
    const patch = { metadata: { annotations } };
    await client.patch(pathOf(deploymentKind, deployment), 'merge', patch);
  }

  async function withNewSet(deployment: Deployment, rollout: Rollout): Promise<Rollout> {
    if (rollout.newSet) return withRevision(deployment, rollout);
    const revision = nextRevision(rollout.oldSets);
    const sent = newSetOf(deployment, rollout.oldSets, revision);
    const path = inNamespace(replicaSets, deployment.metadata.namespace);
    try {
      const newSet = await client.create<ReplicaSet>(path, sent);
      if (replicasOf(newSet) > 0) tellScaling(deployment, newSet, 0);
      await markRevision(deployment, revision);
      return { ...rollout, newSet };
    } catch (error) {
      if (isRefusal(error, 'AlreadyExists')) return useExisting(deployment, rollout, sent);
      const message = `Failed to create new replica set "${sent.metadata.name}": ${String(error)}`;
      recorder.record(deploymentKind, deployment, {
        ...warning,
        reason: 'ReplicaSetCreateError',
        message,
      });
      throw error;
    }
  }

  /** Its name is taken: by itself, which our cache has not seen yet, or by another template. */
  async function useExisting(
    deployment: Deployment,
    rollout: Rollout,
    sent: ReplicaSet,
  ): Promise<Rollout> {
    const existing = await client.get<ReplicaSet>(pathOf(replicaSets, sent));
    if (controllerOf(existing)?.uid === deployment.metadata.uid) {
      const oldSets = rollout.oldSets.filter(
        ({ metadata }) => metadata.uid !== existing.metadata.uid,
      );
      return withRevision(deployment, { newSet: existing, oldSets });
    }
    const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
    await client.update(pathOf(deploymentKind, deployment, 'status'), {
      ...deployment,
      status: { ...deployment.status, collisionCount },
    });
    return rollout;
  }

  /** @returns whether anything changed its size */
  async function scale(deployment: Deployment, scalings: readonly Scaling[]): Promise<boolean> {
    const sizes = sizeAnnotations(deployment);
    let isChanged = false;
    for (const { set, replicas } of scalings) {
      const before = replicasOf(set);
      const isMarked = Object.entries(sizes).every(
        ([key, value]) => set.metadata.annotations?.[key] === value,
      );
      if (before === replicas && (isMarked || replicas === 0)) continue;
      const annotations = { ...set.metadata.annotations, ...sizes };
      const scaled = await client.update<ReplicaSet>(pathOf(replicaSets, set), {
        ...set,
        metadata: { ...set.metadata, annotations },
        spec: { ...set.spec, replicas },
      });
      if (before === replicas) continue;
      isChanged = true;
      tellScaling(deployment, scaled, before);
    }
    return isChanged;
  }

  function tellScaling(deployment: Deployment, set: ReplicaSet, before: number): void {
    const replicas = replicasOf(set);
    const direction = replicas > before ? 'up' : 'down';
    const message = `Scaled ${direction} replica set ${set.metadata.name} from ${before} to ${replicas}`;
    recorder.record(deploymentKind, deployment, {
      ...normal,
      reason: 'ScalingReplicaSet',
      message,
    });
  }

  /** Keeps as many empty old ReplicaSets as `revisionHistoryLimit` says: they are what `undo` goes back to. */
  async function forgetOld(deployment: Deployment, rollout: Rollout): Promise<void> {
    const { oldSets } = rollout;
    const limit = deployment.spec.revisionHistoryLimit ?? 10;
    const status = statusOf(deployment, rollout.newSet, oldSets);
    if (!isComplete(deployment, status) && !deployment.spec.paused) return;
    const unused = oldSets.filter(
      (set) =>
        replicasOf(set) === 0 &&
        (set.status?.replicas ?? 0) === 0 &&
        (set.status?.observedGeneration ?? 0) >= (set.metadata.generation ?? 0) &&
        !set.metadata.deletionTimestamp,
    );
    const surplus = oldSets.filter(({ metadata }) => !metadata.deletionTimestamp).length - limit;
    const oldest = [...unused].sort((one, other) => revisionOf(one) - revisionOf(other));
    for (const set of oldest.slice(0, Math.max(0, surplus))) {
      await client.delete(pathOf(replicaSets, set), { preconditions: { uid: set.metadata.uid } });
    }
  }

  async function writeStatus(
    deployment: Deployment,
    { newSet, oldSets }: Rollout,
    isRolling = true,
  ): Promise<number | undefined> {
    const counted = statusOf(deployment, newSet, oldSets);
    const status: DeploymentStatus = isRolling
      ? withProgress(deployment, counted, newSet, oldSets)
      : counted;
    if (!isSameStatus(deployment.status, status)) {
      const patch = { status: withoutZeros(status) };
      await client.patch(pathOf(deploymentKind, deployment, 'status'), 'merge', patch);
    }
    const untilMs = untilDeadline(deployment, status);
    // A second later it has surely passed.
    return untilMs ? untilMs + 1000 : undefined;
  }

  return {
    [Symbol.asyncDispose]: async () => {
      listening.dispose();
      await queue[Symbol.asyncDispose]();
    },
  };
};

interface Rollout {
  readonly newSet: ReplicaSet | undefined;
  readonly oldSets: readonly ReplicaSet[];
}

const normal = { type: 'Normal', component } as const;
const warning = { type: 'Warning', component } as const;

/** As Go writes them; in a merge patch `null` takes a field away. */
function withoutZeros(status: DeploymentStatus): object {
  return Object.fromEntries(
    Object.entries(status).map(([field, value]) => [field, value === 0 ? null : value]),
  );
}

/** The oldest with the Deployment's template is the new one. */
function split({ spec }: Deployment, owned: readonly ReplicaSet[]): Rollout {
  const newSet = byAge(owned).find((set) => isSameTemplate(set.spec.template, spec.template));
  return { newSet, oldSets: owned.filter((set) => set !== newSet) };
}

/** Whether the Deployment's size changed since its ReplicaSets were last scaled. */
function isScaled({ spec }: Deployment, owned: readonly ReplicaSet[]): boolean {
  return owned.some((set) => {
    const desired = set.metadata.annotations?.[desiredReplicasAnnotation];
    return replicasOf(set) > 0 && desired !== undefined && Number(desired) !== (spec.replicas ?? 1);
  });
}

function isSaturated({ spec }: Deployment, set: ReplicaSet): boolean {
  const { replicas = 1 } = spec;
  return (
    replicasOf(set) === replicas &&
    Number(set.metadata.annotations?.[desiredReplicasAnnotation]) === replicas &&
    (set.status?.availableReplicas ?? 0) === replicas
  );
}

function newSetOf(
  deployment: Deployment,
  oldSets: readonly ReplicaSet[],
  revision: number,
): ReplicaSet {
  const { selector, template, minReadySeconds = 0, replicas = 1 } = deployment.spec;
  const hash = hashOf(template, deployment.status?.collisionCount);
  const labels = { ...template.metadata?.labels, [hashLabel]: hash };
  const room = replicas + boundsOf(deployment).maxSurge - wantedOf(oldSets);
  const isRecreate = deployment.spec.strategy?.type === 'Recreate';
  return {
    apiVersion: replicaSets.apiVersion,
    kind: replicaSets.kind,
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace ?? '',
      labels,
      annotations: annotationsFor(deployment, undefined, revision),
      ownerReferences: [controllerReference(deploymentKind, deployment)],
    },
    spec: {
      replicas: isRecreate ? replicas : Math.max(0, Math.min(replicas, room)),
      minReadySeconds,
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}
