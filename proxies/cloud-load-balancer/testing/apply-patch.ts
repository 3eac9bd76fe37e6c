/** For tests: patches, as far as controllers send them. */

/** An object that is being written. */
export interface Draft {
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    deletionTimestamp?: string;
    finalizers?: string[];
  };
  status?: unknown;
  [field: string]: unknown;
}

const removal = '$deleteFromPrimitiveList/finalizers';

/** A merge patch; lists of finalizers are joined, as in a strategic merge. */
export function applyPatch(object: Draft, patch: object, isStatus: boolean): Draft {
  const { metadata = {}, status, ...rest } = patch as Partial<Draft>;
  const { finalizers: added = [], ...labels } = metadata as Partial<Draft['metadata']>;
  const removed =
    (labels as Readonly<Record<string, readonly string[] | undefined>>)[removal] ?? [];
  const before = object.metadata.finalizers ?? [];
  const finalizers = [...new Set([...before, ...added])].filter((one) => !removed.includes(one));
  const merged = {
    ...(isStatus ? object : (merge(object, rest) as Draft)),
    metadata: {
      ...(merge(object.metadata, { ...labels, [removal]: null }) as Draft['metadata']),
      finalizers,
    },
  };
  return isStatus && status !== undefined
    ? { ...merged, status: withModes(merge(object.status, status)) }
    : merged;
}

/** RFC 7396 */
function merge(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged = new Map(Object.entries(isRecord(target) ? target : {}));
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) merged.delete(field);
    else merged.set(field, merge(merged.get(field), value));
  }
  return Object.fromEntries(merged);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The apiserver sets `ipMode` where there is an address. */
function withModes(status: unknown): unknown {
  const balancer = isRecord(status) ? status.loadBalancer : undefined;
  const ingress: unknown = isRecord(balancer) ? balancer.ingress : undefined;
  if (!Array.isArray(ingress)) return status;
  const modes = ingress.map((one: unknown) =>
    isRecord(one) && one.ip !== undefined ? { ipMode: 'VIP', ...one } : one,
  );
  return { ...(status as object), loadBalancer: { ...(balancer as object), ingress: modes } };
}
