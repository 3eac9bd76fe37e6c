/** ReplicaSets: as many pods as are wanted. */
import { keyOf } from '../../../proxies/kit/api/watch-cache.ts';
import { isRefusal } from '../../../proxies/kit/api/errors.ts';
import { inNamespace, pathOf, pods as podKind, replicaSets } from '../objects/collections.ts';
import { now, type Condition } from '../objects/meta.ts';
import { controllerOf, controllerReference } from '../objects/owners.ts';
import { isActive, isReady, untilAvailable, type Pod } from '../objects/pod.ts';
import { isEmpty, matches, matchesLabels } from '../objects/selector.ts';
import type { ReplicaSet, ReplicaSetStatus } from '../objects/workload.ts';
import type { StartController } from '../work/controller.ts';
import { createExpectations } from '../work/expectations.ts';
import { lookUp } from '../work/lookup.ts';
import { createWorkQueue } from '../../../proxies/kit/api/work-queue.ts';
import { claim } from './claim.ts';
import { inDeletionOrder } from './deletion-order.ts';
import { slowStart } from './slow-start.ts';

const component = 'replicaset-controller';
/** How many pods one pass makes or deletes at most. */
const burst = 500;

export const startReplicaSets: StartController = (cluster, begin) => {
  const { client, recorder } = cluster;
  const sets = cluster.follow(replicaSets);
  const pods = cluster.follow(podKind);
  const podsByOwner = lookUp(pods, (pod) => [controllerOf(pod)?.uid ?? '']);
  const setsByOwner = lookUp(sets, (set) => [controllerOf(set)?.uid ?? '']);
  const setsByNamespace = lookUp(sets, ({ metadata }) => [metadata.namespace ?? '']);
  const expectations = createExpectations();

  const queue = createWorkQueue({ name: 'replicaset', begin, reconcile, log: cluster.log });
  const listening = new DisposableStack();
  listening.use(
    sets.onChange((change) => {
      const key = keyOf(change.object);
      if (change.type === 'deleted') expectations.forget(change.object.metadata.uid ?? '');
      queue.add(key);
    }),
  );
  listening.use(
    pods.onChange((change) => {
      const pod = change.object;
      const owner = controllerOf(pod);
      const isLeaving = change.type === 'deleted' || Boolean(pod.metadata.deletionTimestamp);
      if (change.type === 'changed') addOwner(change.previous);
      if (owner?.kind === 'ReplicaSet') {
        const uid = pod.metadata.uid ?? '';
        expectations.meet(owner.uid, uid);
        if (isLeaving) expectations.meet(owner.uid, leaving(uid));
        addOwner(pod);
      } else if (!owner && change.type !== 'deleted') addAdopters(pod);
    }),
  );
  const addOwner = (pod: Pod) => {
    const owner = controllerOf(pod);
    if (owner?.kind === 'ReplicaSet') queue.add(`${pod.metadata.namespace ?? ''}/${owner.name}`);
  };
  const addAdopters = ({ metadata }: Pod) => {
    for (const set of setsByNamespace.get(metadata.namespace ?? '')) {
      if (matches(set.spec.selector, metadata.labels)) queue.add(keyOf(set));
    }
  };

  async function reconcile(key: string): Promise<number | undefined> {
    const set = sets.get(key);
    if (!set) return undefined;
    const owned = await ownedBy(set);
    const active = owned.filter(isActive);
    const uid = set.metadata.uid ?? '';
    const isCurrent = expectations.isMet(uid);
    const failure =
      isCurrent && !set.metadata.deletionTimestamp ? await manage(set, active) : undefined;
    const status = statusOf(set, active, failure);
    if (!isSameStatus(set.status, status)) {
      await client.update(pathOf(replicaSets, set, 'status'), { ...set, status });
    }
    if (failure) throw failure.error;
    return nextLook(set, active);
  }

  async function ownedBy(set: ReplicaSet): Promise<readonly Pod[]> {
    if (isEmpty(set.spec.selector)) return [];
    const orphans = podsByOwner
      .get('')
      .filter(({ metadata }) => metadata.namespace === set.metadata.namespace)
      .filter((pod) => isActive(pod) && matches(set.spec.selector, pod.metadata.labels));
    const owned = podsByOwner.get(set.metadata.uid ?? '');
    const owner = { collection: replicaSets, object: set };
    return claim(client, owner, podKind, [...owned, ...orphans]);
  }

  async function manage(set: ReplicaSet, active: readonly Pod[]): Promise<Failure | undefined> {
    const surplus = active.length - (set.spec.replicas ?? 1);
    if (surplus < 0) return create(set, Math.min(-surplus, burst));
    if (surplus > 0) return remove(set, active, Math.min(surplus, burst));
    return undefined;
  }

  async function create(set: ReplicaSet, count: number): Promise<Failure | undefined> {
    const uid = set.metadata.uid ?? '';
    const error = await slowStart(count, async () => {
      const pod = await client.create<Pod>(
        inNamespace(podKind, set.metadata.namespace),
        podOf(set),
      );
      if (pods.get(keyOf(pod))?.metadata.uid !== pod.metadata.uid) {
        expectations.expect(uid, pod.metadata.uid ?? '');
      }
      const message = `Created pod: ${pod.metadata.name}`;
      recorder.record(replicaSets, set, { ...normal, reason: 'SuccessfulCreate', message });
    });
    if (error === undefined) return undefined;
    const message = `Error creating: ${error.message}`;
    recorder.record(replicaSets, set, { ...warning, reason: 'FailedCreate', message });
    return { reason: 'FailedCreate', error };
  }

  async function remove(
    set: ReplicaSet,
    active: readonly Pod[],
    count: number,
  ): Promise<Failure | undefined> {
    const uid = set.metadata.uid ?? '';
    const surplus = inDeletionOrder(active, relatedTo(set)).slice(0, count);
    const results = await Promise.allSettled(
      surplus.map(async (pod) => {
        const podUid = pod.metadata.uid ?? '';
        expectations.expect(uid, leaving(podUid));
        try {
          await client.delete(pathOf(podKind, pod), { preconditions: { uid: podUid } });
        } catch (error) {
          expectations.meet(uid, leaving(podUid));
          if (!isRefusal(error, 'NotFound')) throw error;
        }
        const message = `Deleted pod: ${pod.metadata.name}`;
        recorder.record(replicaSets, set, { ...normal, reason: 'SuccessfulDelete', message });
      }),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (!failed) return undefined;
    const error = failed.reason instanceof Error ? failed.reason : new Error(String(failed.reason));
    const message = `Error deleting: ${error.message}`;
    recorder.record(replicaSets, set, { ...warning, reason: 'FailedDelete', message });
    return { reason: 'FailedDelete', error };
  }

  /** Also the pods of the sets that the same Deployment owns: they share the nodes. */
  function relatedTo(set: ReplicaSet): readonly Pod[] {
    const owner = controllerOf(set);
    const sisters = owner ? setsByOwner.get(owner.uid) : [set];
    return sisters.flatMap((one) => podsByOwner.get(one.metadata.uid ?? '')).filter(isActive);
  }

  return {
    [Symbol.asyncDispose]: async () => {
      listening.dispose();
      await queue[Symbol.asyncDispose]();
    },
  };
};

interface Failure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly error: Error;
}

const normal = { type: 'Normal', component } as const;
const warning = { type: 'Warning', component } as const;

/** What is expected of a pod that is being deleted: that the watch shows it leaving. */
function leaving(uid: string): string {
  return `-${uid}`;
}

function podOf(set: ReplicaSet): object {
  const { metadata = {}, spec } = set.spec.template;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${set.metadata.name}-`,
      namespace: set.metadata.namespace,
      labels: metadata.labels,
      annotations: metadata.annotations,
      finalizers: metadata.finalizers,
      ownerReferences: [controllerReference(replicaSets, set)],
    },
    spec,
  };
}

function statusOf(
  set: ReplicaSet,
  active: readonly Pod[],
  failure: Failure | undefined,
): ReplicaSetStatus {
  const { template, minReadySeconds = 0 } = set.spec;
  const labels = template.metadata?.labels ?? {};
  const count = (is: (pod: Pod) => boolean) => active.filter(is).length;
  const conditions = conditionsOf(set, failure);
  const labeled = count((pod) => matchesLabels(labels, pod.metadata.labels));
  const ready = count(isReady);
  const available = count((pod) => untilAvailable(pod, minReadySeconds) === 0);
  return {
    replicas: active.length,
    // As Go writes them: zeros are left out.
    ...(labeled > 0 && { fullyLabeledReplicas: labeled }),
    ...(ready > 0 && { readyReplicas: ready }),
    ...(available > 0 && { availableReplicas: available }),
    observedGeneration: set.metadata.generation ?? 0,
    ...(conditions.length > 0 && { conditions }),
  };
}

function conditionsOf(set: ReplicaSet, failure: Failure | undefined): readonly Condition[] {
  const conditions = set.status?.conditions ?? [];
  const others = conditions.filter(({ type }) => type !== 'ReplicaFailure');
  if (!failure) return others;
  const { reason, error } = failure;
  const known = conditions.find(({ type }) => type === 'ReplicaFailure');
  if (known?.reason === reason) return conditions;
  const condition: Condition = {
    type: 'ReplicaFailure',
    status: 'True',
    reason,
    message: error.message,
    lastTransitionTime: now(),
  };
  return [...others, condition];
}

function isSameStatus(one: ReplicaSetStatus | undefined, other: ReplicaSetStatus): boolean {
  return (
    one !== undefined &&
    counts.every((field) => (one[field] ?? 0) === (other[field] ?? 0)) &&
    JSON.stringify(one.conditions ?? []) === JSON.stringify(other.conditions ?? [])
  );
}

const counts = [
  'replicas',
  'fullyLabeledReplicas',
  'readyReplicas',
  'availableReplicas',
  'observedGeneration',
] as const;

/** When the next ready pod will have been ready long enough to be available. */
function nextLook(set: ReplicaSet, active: readonly Pod[]): number | undefined {
  const waits = active
    .map((pod) => untilAvailable(pod, set.spec.minReadySeconds ?? 0))
    .filter((wait) => wait !== undefined && wait > 0);
  return waits.length === 0 ? undefined : Math.min(...waits.map(Number));
}
