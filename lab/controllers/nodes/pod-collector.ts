/** Pods whose node no longer exists: nobody is left to end them. */
import { isRefusal } from '../../../proxies/kit/api/errors.ts';
import { keyOf } from '../../../proxies/kit/api/watch-cache.ts';
import { nodes as nodeKind, pathOf, pods as podKind } from '../objects/collections.ts';
import type { Pod } from '../objects/pod.ts';
import type { StartController } from '../work/controller.ts';
import { lookUp } from '../work/lookup.ts';
import { createWorkQueue } from '../../../proxies/kit/api/work-queue.ts';

/** A node may be made anew: kubelets register themselves again. */
const quarantineMs = 5000;

export const startPodCollector: StartController = (cluster, begin) => {
  const { client } = cluster;
  const nodes = cluster.follow(nodeKind);
  const pods = cluster.follow(podKind);
  const podsByNode = lookUp(pods, ({ spec }) => [spec.nodeName ?? '']);
  const missingSince = new Map<string, number>();
  const queue = createWorkQueue({ name: 'pod collector', begin, reconcile, log: cluster.log });
  const listening = new DisposableStack();
  listening.use(
    nodes.onChange(({ type, object }) => {
      const { name } = object.metadata;
      missingSince.delete(name);
      if (type === 'deleted') podsByNode.get(name).forEach((pod) => queue.add(keyOf(pod)));
    }),
  );
  listening.use(
    pods.onChange(({ type, object }) => {
      if (type !== 'deleted' && isStranded(object)) queue.add(keyOf(object));
    }),
  );

  const isStranded = ({ spec, metadata }: Pod): boolean =>
    spec.nodeName ? !nodes.get(spec.nodeName) : metadata.deletionTimestamp !== undefined;

  async function reconcile(key: string): Promise<number | undefined> {
    const pod = pods.get(key);
    if (!pod || !isStranded(pod)) return undefined;
    const { nodeName } = pod.spec;
    if (nodeName) {
      const since = missingSince.get(nodeName) ?? performance.now();
      missingSince.set(nodeName, since);
      const leftMs = since + quarantineMs - performance.now();
      if (leftMs > 0) return leftMs;
      if (await isThere(nodeName)) return undefined;
    }
    const { uid } = pod.metadata;
    try {
      const options = { gracePeriodSeconds: 0, preconditions: { uid } };
      await client.delete(pathOf(podKind, pod), options);
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
    return undefined;
  }

  async function isThere(name: string): Promise<boolean> {
    try {
      await client.get(`${nodeKind.path}/${name}`);
      return true;
    } catch (error) {
      if (isRefusal(error, 'NotFound')) return false;
      throw error;
    }
  }

  return {
    [Symbol.asyncDispose]: async () => {
      listening.dispose();
      await queue[Symbol.asyncDispose]();
    },
  };
};
