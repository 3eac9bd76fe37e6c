/** Every object of every kind, as the collectors of garbage and of namespaces need it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { KubeObject } from '../../../proxies/kit/api/api-client.ts';
import type { CacheChange } from '../../../proxies/kit/api/informer.ts';
import type { Cluster } from '../work/cluster.ts';
import { discover, type DiscoveredKind } from './discovery.ts';

export interface Everything {
  readonly kinds: readonly DiscoveredKind[];
  /** Called for each change of each kind, and at first for what is there. */
  onChange(listener: (kind: DiscoveredKind, change: CacheChange<KubeObject>) => void): Disposable;
  findKind(apiVersion: string, kind: string): DiscoveredKind | undefined;
}

const pauseMs = 200;

/** Resolves when every cache is filled; asks until the apiserver answers. Events are left out: nobody owns them. */
export async function followEverything(cluster: Cluster, signal: AbortSignal): Promise<Everything> {
  const kinds = await discoverAtLast(cluster, signal);
  const followed = kinds.filter(({ kind }) => kind !== 'Event');
  const informers = followed.map((kind) => ({ kind, informer: cluster.follow<KubeObject>(kind) }));
  await Promise.all(informers.map(({ informer }) => informer.synced));
  return {
    kinds,
    onChange: (listener) => {
      const listening = new DisposableStack();
      for (const { kind, informer } of informers) {
        for (const object of informer.list()) listener(kind, { type: 'added', object });
        listening.use(informer.onChange((change) => listener(kind, change)));
      }
      return listening;
    },
    findKind: (apiVersion, name) => {
      const [group] = apiVersion.includes('/') ? apiVersion.split('/') : [''];
      return followed.find(({ group: own, kind }) => own === group && kind === name);
    },
  };
}

async function discoverAtLast(
  { client, log }: Cluster,
  signal: AbortSignal,
): Promise<readonly DiscoveredKind[]> {
  for (;;) {
    try {
      return await discover(client);
    } catch (error) {
      signal.throwIfAborted();
      log(`discovery: ${String(error)}`);
      await delay(pauseMs, undefined, { signal });
    }
  }
}
