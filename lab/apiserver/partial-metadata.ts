/** Objects without anything but their metadata (`as=PartialObjectMetadata;v=v1;g=meta.k8s.io`). */
import type { JsonObject } from '../../proxies/kit/api/json.ts';
import { headerOf, type HttpRequest } from '../../proxies/kit/http/server-exchange.ts';
import { objectOf, type ApiEntry } from './registry.ts';

type PartialVersion = 'v1' | 'v1beta1';

/** Whether only metadata is asked for: the first media range that we can serve decides. */
export function readPartialRequest(request: HttpRequest): PartialVersion | undefined {
  for (const range of headerOf(request, 'accept').split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    if (!served.has(type)) continue;
    const [as] = parameters.filter((parameter) => parameter.startsWith('as='));
    if (as === undefined) return undefined;
    const isPartial = as === 'as=PartialObjectMetadata' || as === 'as=PartialObjectMetadataList';
    if (!isPartial || !parameters.includes('g=meta.k8s.io')) continue;
    if (parameters.includes('v=v1')) return 'v1';
    if (parameters.includes('v=v1beta1')) return 'v1beta1';
  }
  return undefined;
}

const served = new Set(['application/json', '*/*', 'application/yaml']);

export function partialText(entry: ApiEntry, version: PartialVersion): string {
  const { metadata } = objectOf(entry);
  return JSON.stringify({ ...partialKind(version), metadata });
}

export function partialListText(
  entries: readonly ApiEntry[],
  version: PartialVersion,
  metadata: JsonObject,
): string {
  const items = entries.map((entry) => partialText(entry, version)).join(',');
  const kind = JSON.stringify({ ...partialKind(version, 'List'), metadata });
  return `${kind.slice(0, -1)},"items":[${items}]}`;
}

export function partialKind(version: PartialVersion, suffix = ''): JsonObject {
  return { kind: `PartialObjectMetadata${suffix}`, apiVersion: `meta.k8s.io/${version}` };
}
