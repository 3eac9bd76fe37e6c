/** What the deletion of an object begins with: its end at once, or a mark that others act upon. */
import type { ApiObject, ObjectMeta } from '../api-object.ts';
import { timestamp } from '../metadata.ts';
import type { Resource } from '../resource.ts';
import type { DeleteOptions, Propagation } from './delete-options.ts';

export type Deletion =
  | { readonly step: 'remove' }
  | { readonly step: 'mark'; readonly object: ApiObject }
  /** It has begun already, and nothing about it changes. */
  | { readonly step: 'wait' };

/** Upstream's `BeforeDelete` and `updateForGracefulDeletionAndFinalizers`, without their writes. */
export function deletionOf(
  resource: Resource,
  object: ApiObject,
  options: DeleteOptions,
  now = Date.now(),
): Deletion {
  const { metadata } = object;
  const { deletionTimestamp, deletionGracePeriodSeconds: granted = 0 } = metadata;
  const asked = options.gracePeriodSeconds;
  if (deletionTimestamp !== undefined && granted > 0) {
    // Only a shorter time may be asked for.
    if (asked === undefined || asked >= granted) return { step: 'wait' };
    const end = Date.parse(deletionTimestamp) + (asked - granted) * 1000;
    return finish(resource, object, options.propagation, asked, end);
  }
  if (deletionTimestamp !== undefined) {
    return isHeld(resource, object, metadata.finalizers ?? [])
      ? { step: 'wait' }
      : { step: 'remove' };
  }
  const seconds = resource.gracePeriod?.(object, asked) ?? 0;
  return finish(resource, object, options.propagation, seconds, now + seconds * 1000);
}

function finish(
  resource: Resource,
  object: ApiObject,
  propagation: Propagation | undefined,
  seconds: number,
  end: number,
): Deletion {
  const finalizers = finalizersFor(object.metadata.finalizers ?? [], propagation);
  if (seconds === 0 && !isHeld(resource, object, finalizers)) return { step: 'remove' };
  const metadata = { ...marked(object.metadata, seconds, end), finalizers };
  const prepared = resource.prepareForDelete?.(object) ?? object;
  return { step: 'mark', object: { ...prepared, metadata } };
}

function isHeld(resource: Resource, object: ApiObject, finalizers: readonly string[]): boolean {
  return finalizers.length > 0 || (resource.isHeld?.(object) ?? false);
}

function marked(metadata: ObjectMeta, seconds: number, end: number): ObjectMeta {
  const isFirst = metadata.deletionTimestamp === undefined;
  const { generation } = metadata;
  return {
    ...metadata,
    deletionTimestamp: timestamp(new Date(end)),
    deletionGracePeriodSeconds: seconds,
    // Who looks after the object sees that something else is wanted of it now.
    ...(isFirst && generation !== undefined ? { generation: generation + 1 } : {}),
  };
}

const policyFinalizers: Readonly<Record<Propagation, readonly string[]>> = {
  Orphan: ['orphan'],
  Foreground: ['foregroundDeletion'],
  Background: [],
};

/** The garbage collector learns by a finalizer what is to become of the dependents. */
function finalizersFor(
  finalizers: readonly string[],
  propagation: Propagation | undefined,
): readonly string[] {
  if (propagation === undefined) return finalizers;
  const others = finalizers.filter((one) => one !== 'orphan' && one !== 'foregroundDeletion');
  return [...others, ...policyFinalizers[propagation]];
}
