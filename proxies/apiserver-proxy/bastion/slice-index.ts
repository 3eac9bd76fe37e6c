/** The EndpointSlices of a Service, without looking at all there are. */
import { keyOf } from '../../kit/api/watch-cache.ts';
import type { Informer } from '../../kit/api/informer.ts';
import { serviceNameLabel, type KeptSlice } from './kept-objects.ts';

/** To be called before the informer has listed: changes are all it hears of. */
export function indexSlices(
  informer: Informer<KeptSlice>,
): (namespace: string, service: string) => readonly KeptSlice[] {
  const byService = new Map<string, Map<string, KeptSlice>>();
  const drop = (slice: KeptSlice) => {
    const owner = ownerOf(slice);
    const slices = byService.get(owner);
    slices?.delete(keyOf(slice));
    if (slices?.size === 0) byService.delete(owner);
  };
  informer.onChange((change) => {
    if (change.type === 'changed') drop(change.previous);
    if (change.type === 'deleted') {
      drop(change.object);
      return;
    }
    const owner = ownerOf(change.object);
    const slices = byService.get(owner) ?? new Map<string, KeptSlice>();
    slices.set(keyOf(change.object), change.object);
    byService.set(owner, slices);
  });
  return (namespace, service) => [...(byService.get(`${namespace}/${service}`)?.values() ?? [])];
}

function ownerOf({ metadata: { namespace = '', labels } }: KeptSlice): string {
  return `${namespace}/${labels?.[serviceNameLabel] ?? ''}`;
}
