/** Pods leave a node whose NoExecute taints they do not tolerate, or not for longer. */
import { isRefusal } from '../../../proxies/kit/api/errors.ts';
import { keyOf } from '../../../proxies/kit/api/watch-cache.ts';
import { nodes as nodeKind, pathOf, pods as podKind } from '../objects/collections.ts';
import { now } from '../objects/meta.ts';
import type { Node, Taint } from '../objects/node.ts';
import type { Pod } from '../objects/pod.ts';
import type { StartController } from '../work/controller.ts';
import { lookUp } from '../work/lookup.ts';
import { createWorkQueue } from '../../../proxies/kit/api/work-queue.ts';
import { tolerates } from './taints.ts';

const component = 'taint-eviction-controller';

export const startTaintEviction: StartController = (cluster, begin) => {
  const { client, recorder } = cluster;
  const nodes = cluster.follow(nodeKind);
  const pods = cluster.follow(podKind);
  const podsByNode = lookUp(pods, ({ spec }) => [spec.nodeName ?? '']);
  /** Pods whose time is running. */
  const scheduled = new Set<string>();
  const queue = createWorkQueue({ name: 'taint eviction', begin, reconcile, log: cluster.log });
  const listening = new DisposableStack();
  listening.use(
    nodes.onChange((change) => {
      const before = change.type === 'changed' ? noExecuteTaints(change.previous) : [];
      const after = change.type === 'deleted' ? [] : noExecuteTaints(change.object);
      if (JSON.stringify(before) === JSON.stringify(after)) return;
      for (const pod of podsByNode.get(change.object.metadata.name)) queue.add(keyOf(pod));
    }),
  );
  listening.use(
    pods.onChange(({ type, object }) => {
      if (type === 'deleted') scheduled.delete(keyOf(object));
      else if (noExecuteTaints(nodes.get(object.spec.nodeName ?? '')).length > 0) {
        queue.add(keyOf(object));
      }
    }),
  );

  async function reconcile(key: string): Promise<number | undefined> {
    const pod = pods.get(key);
    if (!pod || pod.metadata.deletionTimestamp) return undefined;
    const dueInMs = untilDue(pod, noExecuteTaints(nodes.get(pod.spec.nodeName ?? '')));
    if (dueInMs === undefined) {
      if (scheduled.delete(key)) tell(pod, `Cancelling deletion of Pod ${key}`);
      return undefined;
    }
    scheduled.add(key);
    if (dueInMs > 0) return dueInMs;
    tell(pod, `Marking for deletion Pod ${key}`);
    await evict(pod);
    return undefined;
  }

  async function evict(pod: Pod): Promise<void> {
    const { uid } = pod.metadata;
    const disruption = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
      lastTransitionTime: now(),
    };
    const patch = { metadata: { uid }, status: { conditions: [disruption] } };
    try {
      await client.patch(pathOf(podKind, pod, 'status'), 'strategic-merge', patch);
      await client.delete(pathOf(podKind, pod), { preconditions: { uid } });
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }

  function tell(pod: Pod, message: string): void {
    const reason = 'TaintManagerEviction';
    recorder.record(podKind, pod, { type: 'Normal', reason, message, component });
  }

  return {
    [Symbol.asyncDispose]: async () => {
      listening.dispose();
      await queue[Symbol.asyncDispose]();
    },
  };
};

function noExecuteTaints(node: Node | undefined): readonly Taint[] {
  return node?.spec?.taints?.filter(({ effect }) => effect === 'NoExecute') ?? [];
}

/** Milliseconds until the pod must go; undefined: it may stay. */
function untilDue({ spec }: Pod, taints: readonly Taint[]): number | undefined {
  const deadlines = taints.map((taint) => {
    const tolerating = (spec.tolerations ?? []).filter((one) => tolerates(one, taint));
    if (tolerating.length === 0) return 0;
    const seconds = tolerating.map(({ tolerationSeconds = Infinity }) => tolerationSeconds);
    const since = Date.parse(taint.timeAdded ?? '') || Date.now();
    return Math.max(0, since + Math.min(...seconds) * 1000 - Date.now());
  });
  const first = Math.min(...deadlines);
  return Number.isFinite(first) ? first : undefined;
}
