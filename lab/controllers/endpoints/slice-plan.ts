/** How to get from the slices there are to the endpoints there should be, with few writes. */
import { isDeepStrictEqual } from 'node:util';
import type { Endpoint, EndpointPort, EndpointSlice } from '../objects/service.ts';

/** Endpoints that share a family and a set of ports, and so may share slices. */
export interface EndpointGroup {
  readonly addressType: string;
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

export interface SliceContents extends EndpointGroup {
  /** The slice to rewrite; absent: a new one. */
  readonly slice?: EndpointSlice;
}

export interface SlicePlan {
  readonly write: readonly SliceContents[];
  readonly remove: readonly EndpointSlice[];
}

/** `--max-endpoints-per-slice`. */
export const mostPerSlice = 100;

/** An address type without endpoints keeps one slice without any: it says that the Service is known. */
export function planSlices(
  addressTypes: readonly string[],
  groups: readonly EndpointGroup[],
  existing: readonly EndpointSlice[],
  isDressed: (slice: EndpointSlice) => boolean,
): SlicePlan {
  const merged = mergeGroups(groups);
  const all = addressTypes.flatMap((addressType) => {
    const own = merged.filter((group) => group.addressType === addressType);
    return own.length > 0 ? own : [{ addressType, ports: [], endpoints: [] }];
  });
  const free = new Set(existing);
  const write: SliceContents[] = [];
  for (const group of all) {
    const slices = existing.filter((slice) => isOfGroup(slice, group));
    for (const slice of slices) free.delete(slice);
    write.push(...planGroup(group, slices, free, isDressed));
  }
  return { write, remove: [...free] };
}

function mergeGroups(groups: readonly EndpointGroup[]): readonly EndpointGroup[] {
  const merged = new Map<string, EndpointGroup>();
  for (const group of groups) {
    const key = `${group.addressType} ${keyOfPorts(group.ports)}`;
    const endpoints = [...(merged.get(key)?.endpoints ?? []), ...group.endpoints];
    merged.set(key, { ...group, endpoints });
  }
  return [...merged.values()];
}

/**
 * Endpoints stay in the slice they are in. What is new fills slices that must be written anyway, then
 * takes over slices that have become empty, then makes new ones.
 */
function planGroup(
  group: EndpointGroup,
  slices: readonly EndpointSlice[],
  free: Set<EndpointSlice>,
  isDressed: (slice: EndpointSlice) => boolean,
): readonly SliceContents[] {
  const { addressType, ports } = group;
  const desired = new Map(group.endpoints.map((endpoint) => [identityOf(endpoint), endpoint]));
  const kept = slices.map((slice) => {
    const endpoints: Endpoint[] = [];
    for (const endpoint of slice.endpoints ?? []) {
      const identity = identityOf(endpoint);
      const wanted = desired.get(identity);
      if (!wanted || endpoints.length >= mostPerSlice) continue;
      desired.delete(identity);
      endpoints.push(wanted);
    }
    const isChanged = !isDeepStrictEqual(slice.endpoints ?? [], endpoints) || !isDressed(slice);
    return { slice, endpoints, isChanged };
  });
  const fresh = [...desired.values()];
  for (const one of kept) {
    const room = mostPerSlice - one.endpoints.length;
    if (!one.isChanged || room === 0) continue;
    one.endpoints.push(...fresh.splice(0, room));
  }
  // A remainder that fits into one slice is better there than in one of its own.
  const roomy = kept.find(({ endpoints }) => endpoints.length + fresh.length <= mostPerSlice);
  if (fresh.length > 0 && roomy) {
    roomy.endpoints.push(...fresh.splice(0));
    roomy.isChanged = true;
  }
  const needed = kept.filter(({ endpoints }) => endpoints.length > 0);
  // Of slices that are all empty, the first remains.
  const remaining = needed.length > 0 || fresh.length > 0 ? needed : kept.slice(0, 1);
  const emptied = kept.filter((one) => !remaining.includes(one)).map(({ slice }) => slice);
  for (const slice of emptied) free.add(slice);
  const changed = remaining.filter(({ isChanged }) => isChanged);
  const writes = changed.map(({ slice, endpoints }) => ({ addressType, ports, endpoints, slice }));
  return [...writes, ...planFresh(group, fresh, remaining.length === 0, free)];
}

function planFresh(
  { addressType, ports }: EndpointGroup,
  fresh: readonly Endpoint[],
  isNeeded: boolean,
  free: Set<EndpointSlice>,
): readonly SliceContents[] {
  const count = Math.max(Math.ceil(fresh.length / mostPerSlice), isNeeded ? 1 : 0);
  return Array.from({ length: count }, (_, index) => {
    const endpoints = fresh.slice(index * mostPerSlice, (index + 1) * mostPerSlice);
    // The family of a slice may not change; its ports may.
    const slice = [...free].find((one) => one.addressType === addressType);
    if (slice) free.delete(slice);
    return { addressType, ports, endpoints, ...(slice && { slice }) };
  });
}

function isOfGroup(slice: EndpointSlice, { addressType, ports }: EndpointGroup): boolean {
  return slice.addressType === addressType && keyOfPorts(slice.ports ?? []) === keyOfPorts(ports);
}

/** The same for the same ports, in whatever order. */
export function keyOfPorts(ports: readonly EndpointPort[]): string {
  return ports
    .map(({ name = '', port, protocol = 'TCP', appProtocol = '' }) =>
      [name, port, protocol, appProtocol].join('/'),
    )
    .sort()
    .join(',');
}

/** The same endpoint, whatever its condition. */
function identityOf({ addresses, hostname, targetRef }: Endpoint): string {
  return [addresses[0], hostname, targetRef?.uid ?? targetRef?.name].join(' ');
}
