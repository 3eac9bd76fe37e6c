/** What the controllers share: one client, one cache per kind, one recorder of events. */
import type { ApiClient, KubeObject } from '../../../proxies/kit/api/api-client.ts';
import { startInformer, type Informer } from '../../../proxies/kit/api/informer.ts';
import type { Collection } from '../objects/collections.ts';
import { createRecorder, type Recorder } from './recorder.ts';

export interface Cluster extends AsyncDisposable {
  readonly client: ApiClient;
  readonly recorder: Recorder;
  /** The cache of a collection; the same for everybody who asks. */
  follow<T extends KubeObject>(collection: Collection<T>): Informer<T>;
  /** Resolves when all that is followed when you call it has been read once. */
  synced(): Promise<void>;
  readonly log: (line: string) => void;
}

export function createCluster(client: ApiClient, log: (line: string) => void): Cluster {
  const informers = new Map<string, Informer<KubeObject>>();
  const recorder = createRecorder(client, log);
  return {
    client,
    recorder,
    log,
    follow: <T extends KubeObject>(collection: Collection<T>) => {
      const known = informers.get(collection.path);
      // The border: a collection's path and the type of its objects are declared together.
      if (known) return known as Informer<T>;
      const informer = startInformer<T>(client, { path: collection.path, log });
      informers.set(collection.path, informer);
      return informer;
    },
    synced: async () => {
      await Promise.all([...informers.values()].map(({ synced }) => synced));
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...informers.values()].map((one) => one[Symbol.asyncDispose]()));
      await recorder[Symbol.asyncDispose]();
    },
  };
}
