/** The files of a volume, as the kubelet lays them out. */
import type { ApiClient } from '../../../proxies/kit/api/api-client.ts';
import { valueAtFieldPath, type PodPlace } from '../pods/field-path.ts';
import type { ReadKeyValues } from '../pods/key-values.ts';
import type { Pod, ProjectedSource, Volume } from '../pods/pod.ts';
import { requestToken } from '../pods/service-account-token.ts';
import { directory, fixedFile, FileSystem, type Directory } from './file-system.ts';

export interface VolumeContext extends PodPlace {
  readonly client: ApiClient;
  readonly pod: Pod;
  readonly read: ReadKeyValues;
}

/** Everything but an emptyDir is read-only. */
export async function volumeOf(volume: Volume, context: VolumeContext): Promise<Directory> {
  if (volume.emptyDir) return directory();
  const sources: readonly ProjectedSource[] = volume.projected?.sources ?? [
    {
      ...(volume.configMap ? { configMap: volume.configMap } : {}),
      ...(volume.secret
        ? { secret: { ...volume.secret, name: volume.secret.secretName ?? '' } }
        : {}),
      ...(volume.downwardAPI ? { downwardAPI: volume.downwardAPI } : {}),
    },
  ];
  const files = new FileSystem(directory());
  for (const source of sources) {
    for (const [path, bytes] of await filesOfSource(source, context)) {
      const parent = path.split('/').slice(0, -1).join('/');
      if (parent !== '') files.makeDirectory(`/${parent}`, true);
      files.put(`/${path}`, fixedFile(bytes));
    }
  }
  return directory(files.root.entries, true);
}

type NamedBytes = readonly (readonly [path: string, bytes: Buffer])[];

async function filesOfSource(
  { configMap, secret, downwardAPI, serviceAccountToken }: ProjectedSource,
  context: VolumeContext,
): Promise<NamedBytes> {
  if (serviceAccountToken) {
    // Where the account has no tokens to give, the shell works all the same.
    const asked = requestToken(context.client, context.pod, serviceAccountToken);
    const token = await asked.catch(() => undefined);
    if (token === undefined) return [];
    return [[serviceAccountToken.path, Buffer.from(token)]];
  }
  if (downwardAPI) {
    return (downwardAPI.items ?? []).map(({ path, fieldRef }) => {
      const value = valueAtFieldPath(context.pod, context, fieldRef?.fieldPath ?? '') ?? '';
      return [path, Buffer.from(value)] as const;
    });
  }
  const [kind, keyed] = secret
    ? (['secret', secret] as const)
    : (['configmap', configMap] as const);
  if (!keyed) return [];
  const namespace = context.pod.metadata.namespace ?? '';
  const values =
    (await context.read(kind, namespace, keyed.name ?? '')) ?? new Map<string, Buffer>();
  if (!keyed.items) return [...values];
  return keyed.items.flatMap(({ key, path }) => {
    const value = values.get(key);
    return value ? [[path, value] as const] : [];
  });
}
