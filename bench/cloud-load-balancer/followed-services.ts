/** The Services of the measurement as a watch tells them, each with the moment in which it told. */
import type { ApiClient, KubeObject } from '../../proxies/kit/api/api-client.ts';
import { startInformer } from '../../proxies/kit/api/informer.ts';

export interface BenchService extends KubeObject {
  readonly status?: {
    readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] };
  };
}

export interface FollowedServices extends AsyncDisposable {
  readonly all: ReadonlyMap<string, BenchService>;
  /** Resolves to when it was told, with or without this being its first news. */
  when(isSo: () => boolean): Promise<number>;
}

export async function followServices(client: ApiClient, path: string): Promise<FollowedServices> {
  const all = new Map<string, BenchService>();
  const waiting = new Set<() => void>();
  const informer = startInformer<BenchService>(client, { path, labelSelector: 'bench' });
  informer.onChange(({ type, object }) => {
    if (type === 'deleted') all.delete(object.metadata.name);
    else all.set(object.metadata.name, object);
    for (const look of waiting) look();
  });
  await informer.synced;
  return {
    all,
    when: async (isSo) => {
      const { promise, resolve } = Promise.withResolvers<number>();
      const look = () => {
        if (isSo()) resolve(performance.now());
      };
      waiting.add(look);
      look();
      return promise.finally(() => waiting.delete(look));
    },
    [Symbol.asyncDispose]: () => informer[Symbol.asyncDispose](),
  };
}

export function addressOf(service: BenchService | undefined): string | undefined {
  return service?.status?.loadBalancer?.ingress?.[0]?.ip;
}
