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
        const found = await read(lower, pod.metadata.namespace ?? '', wanted.name ?? '');
        if (found) continue;
        const cause = `${lower} "${wanted.name ?? ''}" not found`;
        return `MountVolume.SetUp failed for volume "${volume}" : ${cause}`;
      }
    }
  }
  return undefined;
}
