/** The pod behind the visitor's Service. */
import type { ApiClient, KubeObject } from '../../../proxies/kit/api/api-client.ts';
import { isRefusal } from '../../../proxies/kit/api/errors.ts';
import { startInformer } from '../../../proxies/kit/api/informer.ts';
import { LiveError } from './live-error.ts';
import { whenAborted } from './when-aborted.ts';

interface Pod extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/**
 * Resolves when it is ready; the caller removes it.
 *
 * @throws LiveError `timeout`; what the apiserver says; the signal's reason
 */
export async function startPod(
  client: ApiClient,
  namespace: string,
  pod: { readonly metadata: { readonly name: string } },
  withinMs: number,
  signal: AbortSignal,
): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const { name } = pod.metadata;
  await using pods = startInformer<Pod>(client, { path, fieldSelector: `metadata.name=${name}` });
  const { promise: ready, resolve } = Promise.withResolvers<undefined>();
  pods.onChange(({ object }) => {
    if (isReady(object)) resolve(undefined);
  });
  const late = AbortSignal.timeout(withinMs);
  using gone = whenAborted(AbortSignal.any([signal, late]));
  await client.create(path, pod);
  try {
    await Promise.race([ready, gone.promise]);
  } catch (cause) {
    signal.throwIfAborted();
    throw new LiveError('timeout', {}, {}, cause);
  }
}

/** Nothing to be done where it is gone already, or where nobody answers: the namespace ends with the visit. */
export async function remove(client: ApiClient, path: string): Promise<void> {
  await client
    .delete(path, undefined, { signal: AbortSignal.timeout(5_000) })
    .catch((error: unknown) => {
      if (!isRefusal(error, 'NotFound')) console.error(`/live: ${path}:`, error);
    });
}

function isReady({ status }: Pod): boolean {
  return (
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true
  );
}
