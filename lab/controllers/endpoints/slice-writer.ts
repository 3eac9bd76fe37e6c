/** Writes planned slices, and remembers what it wrote until the cache shows it. */
import type { KubeObject } from '../../../proxies/kit/api/api-client.ts';
import { isRefusal } from '../../../proxies/kit/api/errors.ts';
import type { Informer } from '../../../proxies/kit/api/informer.ts';
import { keyOf } from '../../../proxies/kit/api/watch-cache.ts';
import { endpointSlices, inNamespace, pathOf } from '../objects/collections.ts';
import type { Labels } from '../objects/meta.ts';
import { controllerReference } from '../objects/owners.ts';
import type { EndpointSlice } from '../objects/service.ts';
import type { Cluster } from '../work/cluster.ts';
import type { SliceContents, SlicePlan } from './slice-plan.ts';

export const serviceNameLabel = 'kubernetes.io/service-name';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';

export interface SliceOwner {
  readonly kind: { readonly apiVersion: string; readonly kind: string };
  readonly object: KubeObject;
  readonly labels: Labels;
  readonly annotations?: Labels;
}

export interface SliceWriter {
  /** Whether the cache shows all that was written for this owner. */
  isCurrent(key: string): boolean;
  write(owner: SliceOwner, plan: SlicePlan): Promise<void>;
}

export function createSliceWriter(
  { client }: Pick<Cluster, 'client'>,
  slices: Informer<EndpointSlice>,
): SliceWriter {
  /** By owner: what was written last, by slice. Zero: it was deleted. */
  const written = new Map<string, Map<string, number>>();
  const remember = (owner: string, slice: EndpointSlice, revision: number) => {
    const revisions = written.get(owner) ?? new Map<string, number>();
    written.set(owner, revisions.set(keyOf(slice), revision));
  };

  return {
    isCurrent: (owner) => {
      const revisions = written.get(owner);
      for (const [key, revision] of revisions ?? []) {
        const cached = slices.get(key);
        const isShown =
          revision === 0 ? !cached : Number(cached?.metadata.resourceVersion ?? 0) >= revision;
        // Deleted by somebody else meanwhile: the watch has passed it.
        if (isShown || isPast(slices, revision)) revisions?.delete(key);
      }
      if (revisions?.size === 0) written.delete(owner);
      return !written.has(owner);
    },
    write: async (owner, { write, remove }) => {
      const key = keyOf(owner.object);
      await Promise.all([
        ...write.map(async (contents) => {
          const slice = sliceOf(owner, contents);
          const path = contents.slice
            ? pathOf(endpointSlices, contents.slice)
            : inNamespace(endpointSlices, owner.object.metadata.namespace);
          const result = contents.slice
            ? await client.update<EndpointSlice>(path, slice)
            : await client.create<EndpointSlice>(path, slice);
          remember(key, result, Number(result.metadata.resourceVersion ?? 0));
        }),
        ...remove.map(async (slice) => {
          try {
            const { uid } = slice.metadata;
            await client.delete(pathOf(endpointSlices, slice), { preconditions: { uid } });
          } catch (error) {
            if (!isRefusal(error, 'NotFound')) throw error;
          }
          remember(key, slice, 0);
        }),
      ]);
    },
  };
}

function isPast(slices: Informer<EndpointSlice>, revision: number): boolean {
  return revision > 0 && Number(slices.resourceVersion) >= revision;
}

function sliceOf(owner: SliceOwner, { slice, addressType, ports, endpoints }: SliceContents) {
  const { namespace, name } = owner.object.metadata;
  const annotations = { ...slice?.metadata.annotations, ...owner.annotations };
  return {
    apiVersion: endpointSlices.apiVersion,
    kind: endpointSlices.kind,
    metadata: {
      ...(slice?.metadata ?? { generateName: `${name}-`, namespace }),
      labels: { ...owner.labels },
      ...(Object.keys(annotations).length > 0 && { annotations }),
      ownerReferences: [controllerReference(owner.kind, owner.object)],
    },
    addressType,
    endpoints,
    ports,
  };
}
