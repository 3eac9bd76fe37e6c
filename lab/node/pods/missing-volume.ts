/** Whether a pod's volumes can be mounted: the ConfigMaps and Secrets they show must exist. */
import type { ReadKeyValues } from './key-values.ts';
import type { Pod } from './pod.ts';

/** Why not, as the kubelet's event says it; undefined when all is there. */
export async function missingVolume(pod: Pod, read: ReadKeyValues): Promise<string | undefined> {
  for (const { name: volume, configMap, secret, projected } of pod.spec.volumes ?? []) {
    const sources = [
      { configMap, secret: secret && { ...secret, name: secret.secretName } },
      ...(projected?.sources ?? []),
    ];
    for (const source of sources) {
      for (const kind of ['configMap', 'secret'] as const) {
        const wanted = source[kind];
        if (!wanted || wanted.optional === true) continue;
        const lower = kind === 'secret' ? 'secret' : 'configmap';
        const cause = await read(lower, pod.metadata.namespace ?? '', wanted.name ?? '').then(
          (found) => (found ? undefined : `${lower} "${wanted.name ?? ''}" not found`),
          // An apiserver may not know yet that the pod is ours, or be away.
          (error: unknown) => (error instanceof Error ? error.message : String(error)),
        );
        if (cause !== undefined)
          return `MountVolume.SetUp failed for volume "${volume}" : ${cause}`;
      }
    }
  }
  return undefined;
}
