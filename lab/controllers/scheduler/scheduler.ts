/** The scheduler: gives each waiting pod a node. */
import { ApiError, isRefusal } from '../../../proxies/kit/api/errors.ts';
import { keyOf } from '../../../proxies/kit/api/watch-cache.ts';
import { nodes as nodeKind, pathOf, pods as podKind } from '../objects/collections.ts';
import { conditionOf, now } from '../objects/meta.ts';
import type { Node } from '../objects/node.ts';
import { isFinished, type Pod } from '../objects/pod.ts';
import type { StartController } from '../work/controller.ts';
import { lookUp } from '../work/lookup.ts';
import { createWorkQueue } from '../../../proxies/kit/api/work-queue.ts';
import { chooseNode } from './choice.ts';
import type { NodeState } from './node-state.ts';

const component = 'default-scheduler';
/** Bindings that are under way at once; decisions are made one after the other. */
const workers = 20;

export const startScheduler: StartController = (cluster, begin) => {
  const { client, recorder } = cluster;
  const nodes = cluster.follow(nodeKind);
  const pods = cluster.follow(podKind);
  const podsByNode = lookUp(pods, ({ spec }) => [spec.nodeName ?? '']);
  /** Chosen, but not yet seen there. */
  const assumed = new Map<string, { readonly pod: Pod; readonly nodeName: string }>();
  /** Nowhere to go until something changes. */
  const stuck = new Set<string>();
  const queue = createWorkQueue({ name: 'scheduler', begin, workers, reconcile, log: cluster.log });

  const listening = new DisposableStack();
  listening.use(
    pods.onChange((change) => {
      const { object: pod } = change;
      const key = keyOf(pod);
      if (change.type === 'deleted' || pod.spec.nodeName) {
        assumed.delete(key);
        stuck.delete(key);
      }
      const previous = change.type === 'changed' ? change.previous : undefined;
      const isRoomMade = change.type === 'deleted' || isFinished(pod);
      // A pod that was placed may be what others wait to be near to.
      const isPlaced = previous && !previous.spec.nodeName;
      if (pod.spec.nodeName && (isRoomMade || isPlaced)) retry();
      if (change.type === 'deleted' || !isWaiting(pod)) return;
      if (!previous || isChanged(previous, pod)) queue.add(key);
    }),
  );
  listening.use(
    nodes.onChange((change) => {
      if (change.type === 'changed' && factsOf(change.previous) === factsOf(change.object)) return;
      retry();
    }),
  );
  const retry = () => {
    for (const key of stuck) queue.add(key);
  };

  async function reconcile(key: string): Promise<undefined> {
    const pod = pods.get(key);
    if (!pod || !isWaiting(pod) || assumed.has(key)) return;
    const choice = chooseNode(pod, statesOf());
    if (!choice.isFound) {
      stuck.add(key);
      await tellFailure(pod, choice.message);
      return;
    }
    stuck.delete(key);
    assumed.set(key, { pod, nodeName: choice.nodeName });
    try {
      await bind(pod, choice.nodeName);
    } catch (error) {
      assumed.delete(key);
      // Deleted, or bound by somebody else.
      if (isRefusal(error, 'NotFound')) return;
      throw error;
    }
    const message = `Successfully assigned ${key} to ${choice.nodeName}`;
    recorder.record(podKind, pod, { type: 'Normal', reason: 'Scheduled', message, component });
  }

  function statesOf(): readonly NodeState[] {
    const coming = Map.groupBy(assumed.values(), ({ nodeName }) => nodeName);
    return nodes.list().map((node) => {
      const { name } = node.metadata;
      const bound = podsByNode.get(name).filter((pod) => !isFinished(pod));
      const expected = (coming.get(name) ?? []).map(({ pod }) => pod);
      return { node, pods: [...bound, ...expected] };
    });
  }

  async function bind(pod: Pod, nodeName: string): Promise<void> {
    const { name, namespace, uid } = pod.metadata;
    await client.create(pathOf(podKind, pod, 'binding'), {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name, namespace, uid },
      target: { apiVersion: 'v1', kind: 'Node', name: nodeName },
    });
  }

  async function tellFailure(pod: Pod, message: string): Promise<void> {
    const known = conditionOf(pod.status, 'PodScheduled');
    if (known?.reason === 'Unschedulable' && known.message === message) return;
    recorder.record(podKind, pod, {
      type: 'Warning',
      reason: 'FailedScheduling',
      message,
      component,
    });
    const since = known?.status === 'False' ? known.lastTransitionTime : now();
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastTransitionTime: since,
    };
    const { uid } = pod.metadata;
    const patch = { metadata: { uid }, status: { conditions: [condition] } };
    try {
      await client.patch(pathOf(podKind, pod, 'status'), 'strategic-merge', patch);
    } catch (error) {
      if (!(error instanceof ApiError && [404, 409].includes(error.code))) throw error;
    }
  }

  return {
    [Symbol.asyncDispose]: async () => {
      listening.dispose();
      await queue[Symbol.asyncDispose]();
    },
  };
};

function isWaiting({ spec, metadata, status }: Pod): boolean {
  return (
    !spec.nodeName &&
    !metadata.deletionTimestamp &&
    (spec.schedulerName ?? component) === component &&
    (spec.schedulingGates ?? []).length === 0 &&
    status?.phase !== 'Succeeded' &&
    status?.phase !== 'Failed'
  );
}

/** What counts for a decision: not the status, which we write ourselves. */
function isChanged(one: Pod, other: Pod): boolean {
  return (
    one.metadata.uid !== other.metadata.uid ||
    JSON.stringify([one.spec, one.metadata.labels]) !==
      JSON.stringify([other.spec, other.metadata.labels])
  );
}

/** Not the heartbeat. */
function factsOf({ metadata, spec, status }: Node): string {
  const conditions = status?.conditions?.map((one) => [one.type, one.status]);
  const { unschedulable, taints } = spec ?? {};
  return JSON.stringify([metadata.labels, unschedulable, taints, status?.allocatable, conditions]);
}
