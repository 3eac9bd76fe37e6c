/** Nodes that fall silent: they are marked, tainted, and their pods are no longer ready, until they are back. */
import { isDeepStrictEqual } from 'node:util';
import { isRefusal } from '../../../proxies/kit/api/errors.ts';
import {
  leases as leaseKind,
  nodes as nodeKind,
  pathOf,
  pods as podKind,
} from '../objects/collections.ts';
import { conditionOf, now, type Condition } from '../objects/meta.ts';
import type { Node } from '../objects/node.ts';
import { isReady, type Pod } from '../objects/pod.ts';
import type { StartController } from '../work/controller.ts';
import { lookUp } from '../work/lookup.ts';
import { createWorkQueue } from '../../../proxies/kit/api/work-queue.ts';
import { taintsFor } from './taints.ts';

const component = 'node-controller';
const leaseNamespace = 'kube-node-lease';
/** What a silent kubelet no longer vouches for. */
const kubeletConditions = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

export interface NodeLifecycleOptions {
  /** `--node-monitor-grace-period` */
  readonly gracePeriodMs: number;
}

export function watchNodes({ gracePeriodMs }: NodeLifecycleOptions): StartController {
  return (cluster, begin) => {
    const { client, recorder } = cluster;
    const nodes = cluster.follow(nodeKind);
    const leases = cluster.follow(leaseKind);
    const pods = cluster.follow(podKind);
    const podsByNode = lookUp(pods, ({ spec }) => [spec.nodeName ?? '']);
    /** When a node was last heard of, by our own clock: the nodes' clocks may differ. */
    const heard = new Map<string, number>();
    const queue = createWorkQueue({ name: 'node lifecycle', begin, reconcile, log: cluster.log });
    const hear = (name: string) => heard.set(name, performance.now());

    const listening = new DisposableStack();
    listening.use(
      nodes.onChange((change) => {
        const { object: node, type } = change;
        const { name } = node.metadata;
        if (type === 'deleted') {
          heard.delete(name);
          record(node, 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`);
          return;
        }
        const previous = type === 'changed' ? change.previous : undefined;
        if (!previous) {
          record(
            node,
            'RegisteredNode',
            `Node ${name} event: Registered Node ${name} in Controller`,
          );
        }
        if (!previous || heartbeatOf(previous) !== heartbeatOf(node)) hear(name);
        queue.add(name);
      }),
    );
    listening.use(
      leases.onChange((change) => {
        const { namespace, name } = change.object.metadata;
        if (namespace !== leaseNamespace || change.type === 'deleted') return;
        const before = change.type === 'changed' ? change.previous.spec?.renewTime : undefined;
        if (before !== change.object.spec?.renewTime) hear(name);
      }),
    );
    listening.use(
      pods.onChange((change) => {
        const { object, type } = change;
        const { nodeName = '' } = object.spec;
        // Only what is new on the node: of what it has, a kubelet that lives knows more than we.
        const before = type === 'changed' ? change.previous.spec.nodeName : undefined;
        const node = nodes.get(nodeName);
        if (type !== 'deleted' && before !== nodeName && node && !isUp(node)) queue.add(nodeName);
      }),
    );

    async function reconcile(name: string): Promise<number | undefined> {
      const found = nodes.get(name);
      if (!found) return undefined;
      const silentMs = performance.now() - (heard.get(name) ?? performance.now());
      const isSilent = silentMs >= gracePeriodMs;
      const node = isSilent ? await markUnknown(found) : found;
      await taint(node);
      if (!isUp(node)) await Promise.all(podsByNode.get(name).filter(isReady).map(markNotReady));
      // A silent node that speaks again is a change, and brings us back.
      return isSilent ? undefined : gracePeriodMs - silentMs + 1;
    }

    async function markUnknown(node: Node): Promise<Node> {
      const known = node.status?.conditions ?? [];
      const isMarked = kubeletConditions.every(
        (type) => conditionOf(node.status, type)?.status === 'Unknown',
      );
      if (isMarked) return node;
      const others = known.filter(({ type }) => !kubeletConditions.includes(type));
      const unknown = kubeletConditions.map((type) => unknownCondition(type, known));
      const conditions = [...unknown, ...others];
      const marked = await client.update<Node>(pathOf(nodeKind, node, 'status'), {
        ...node,
        status: { ...node.status, conditions },
      });
      if (conditionOf(node.status, 'Ready')?.status === 'True') {
        const { name } = node.metadata;
        record(node, 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
      }
      return marked;
    }

    async function taint(node: Node): Promise<void> {
      const taints = taintsFor(node, now());
      if (isDeepStrictEqual(taints, node.spec?.taints ?? [])) return;
      const { resourceVersion } = node.metadata;
      const patch = { metadata: { resourceVersion }, spec: { taints } };
      await client.patch(pathOf(nodeKind, node), 'merge', patch);
    }

    async function markNotReady(pod: Pod): Promise<void> {
      const conditions = pod.status?.conditions?.map((one) =>
        one.type === 'Ready' ? { ...one, status: 'False', lastTransitionTime: now() } : one,
      );
      const { resourceVersion, uid } = pod.metadata;
      const patch = { metadata: { resourceVersion, uid }, status: { conditions } };
      try {
        await client.patch(pathOf(podKind, pod, 'status'), 'merge', patch);
      } catch (error) {
        if (isRefusal(error, 'NotFound')) return;
        throw error;
      }
      const message = 'Node is not ready';
      recorder.record(podKind, pod, {
        type: 'Warning',
        reason: 'NodeNotReady',
        message,
        component,
      });
    }

    function record(node: Node, reason: string, message: string): void {
      recorder.record(nodeKind, node, { type: 'Normal', reason, message, component });
    }

    return {
      [Symbol.asyncDispose]: async () => {
        listening.dispose();
        await queue[Symbol.asyncDispose]();
      },
    };
  };
}

function isUp(node: Node): boolean {
  return conditionOf(node.status, 'Ready')?.status === 'True';
}

function heartbeatOf(node: Node): string | undefined {
  const ready = conditionOf(node.status, 'Ready');
  return ready?.status === 'Unknown' ? 'Unknown' : ready?.lastHeartbeatTime;
}

function unknownCondition(type: string, known: readonly Condition[]): Condition {
  const before = known.find((one) => one.type === type);
  const since = before?.status === 'Unknown' ? before.lastTransitionTime : undefined;
  return {
    ...before,
    type,
    status: 'Unknown',
    reason: before ? 'NodeStatusUnknown' : 'NodeStatusNeverUpdated',
    message: before ? 'Kubelet stopped posting node status.' : 'Kubelet never posted node status.',
    lastTransitionTime: since ?? now(),
  };
}
