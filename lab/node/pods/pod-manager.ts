/** The pods that are bound to this node: a worker for each, from the apiserver's word to its end. */
import { startInformer } from '../../../proxies/kit/api/informer.ts';
import { keyOfPod, type Pod } from './pod.ts';
import { PodWorker, type PodServices } from './pod-worker.ts';

export interface PodManager extends AsyncDisposable {
  /** Resolves when the pods of the first list have been begun. */
  readonly synced: Promise<void>;
  /** A pod of this node by its namespace and name. */
  find(namespace: string, name: string): PodWorker | undefined;
  list(): readonly PodWorker[];
}

export function startPodManager(services: PodServices): PodManager {
  const workers = new Map<string, PodWorker>();
  const informer = startInformer<Pod>(services.client, {
    path: '/api/v1/pods',
    fieldSelector: `spec.nodeName=${services.nodeName}`,
    log: (line) => services.log(line),
  });

  const begin = (pod: Pod) => {
    const key = keyOfPod(pod);
    const phase = pod.status?.phase;
    const isDone = phase === 'Succeeded' || phase === 'Failed';
    if (isDone && !pod.metadata.deletionTimestamp) return;
    const worker = new PodWorker(pod, services);
    workers.set(key, worker);
    void worker.gone.then(() => {
      if (workers.get(key) === worker) workers.delete(key);
    });
    if (pod.metadata.deletionTimestamp) worker.update(pod);
  };
  informer.onChange((change) => {
    const pod = change.object;
    const worker = workers.get(keyOfPod(pod));
    const isKnown = worker?.pod.metadata.uid === pod.metadata.uid;
    if (change.type === 'deleted') {
      if (isKnown) worker?.vanish();
    } else if (isKnown) {
      worker?.update(pod);
    } else {
      worker?.vanish();
      begin(pod);
    }
  });
  return {
    synced: informer.synced,
    find: (namespace, name) => workers.get(`${namespace}/${name}`),
    list: () => [...workers.values()],
    [Symbol.asyncDispose]: async () => {
      await informer[Symbol.asyncDispose]();
      await Promise.all([...workers.values()].map((worker) => worker.abandon()));
    },
  };
}
