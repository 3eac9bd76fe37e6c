/** What `fieldRef` and the downward API may say of a pod. */
import type { Pod } from './pod.ts';

/** What only the node knows. */
export interface PodPlace {
  readonly podIPs: readonly string[];
  readonly hostIPs: readonly string[];
}

/** The value at a field path; undefined where the path is not supported. */
export function valueAtFieldPath(pod: Pod, place: PodPlace, path: string): string | undefined {
  const { metadata } = pod;
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed) {
    const values = keyed[1] === 'labels' ? metadata.labels : metadata.annotations;
    return values?.[keyed[2] ?? ''] ?? '';
  }
  return fields[path]?.(pod, place);
}

const fields: Readonly<Record<string, (pod: Pod, place: PodPlace) => string>> = {
  'metadata.name': ({ metadata }) => metadata.name,
  'metadata.namespace': ({ metadata }) => metadata.namespace ?? '',
  'metadata.uid': ({ metadata }) => metadata.uid ?? '',
  'metadata.labels': ({ metadata }) => quoted(metadata.labels),
  'metadata.annotations': ({ metadata }) => quoted(metadata.annotations),
  'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
  'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName ?? '',
  'status.hostIP': (_, { hostIPs }) => hostIPs[0] ?? '',
  'status.hostIPs': (_, { hostIPs }) => hostIPs.join(','),
  'status.podIP': (_, { podIPs }) => podIPs[0] ?? '',
  'status.podIPs': (_, { podIPs }) => podIPs.join(','),
};

function quoted(values: Readonly<Record<string, string>> = {}): string {
  return Object.entries(values)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
}
