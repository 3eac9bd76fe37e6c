/** Which objects a workload owns: it adopts what matches and has no owner, and lets go what no longer matches. */
import type { ApiClient, KubeObject } from '../../../proxies/kit/api/api-client.ts';
import { ApiError } from '../../../proxies/kit/api/errors.ts';
import { pathOf, type Collection } from '../objects/collections.ts';
import type { LabelSelector } from '../objects/meta.ts';
import { controllerOf, controllerReference } from '../objects/owners.ts';
import { matches } from '../objects/selector.ts';

interface Owner extends KubeObject {
  readonly spec: { readonly selector: LabelSelector };
}

/** @returns what the owner owns afterwards, as far as the cache shows it */
export async function claim<T extends KubeObject>(
  client: ApiClient,
  owner: {
    readonly collection: { readonly apiVersion: string; readonly kind: string };
    readonly object: Owner;
  },
  owned: Collection<T>,
  candidates: readonly T[],
): Promise<readonly T[]> {
  const { selector } = owner.object.spec;
  const claimed: T[] = [];
  for (const candidate of candidates) {
    const controller = controllerOf(candidate);
    const isMatching = matches(selector, candidate.metadata.labels);
    if (controller?.uid === owner.object.metadata.uid) {
      if (isMatching) claimed.push(candidate);
      else if (!owner.object.metadata.deletionTimestamp) await release(candidate);
    } else if (!controller && isMatching && !owner.object.metadata.deletionTimestamp) {
      if (candidate.metadata.deletionTimestamp) continue;
      const adopted = await adopt(candidate);
      if (adopted) claimed.push(adopted);
    }
  }
  return claimed;

  async function release(object: T): Promise<void> {
    const ownerReferences = [{ $patch: 'delete', uid: owner.object.metadata.uid }];
    const metadata = { uid: object.metadata.uid, ownerReferences };
    await unlessGone(client.patch(pathOf(owned, object), 'strategic-merge', { metadata }));
  }

  async function adopt(object: T): Promise<T | undefined> {
    const ownerReferences = [controllerReference(owner.collection, owner.object)];
    const metadata = { uid: object.metadata.uid, ownerReferences };
    return unlessGone(client.patch<T>(pathOf(owned, object), 'strategic-merge', { metadata }));
  }
}

/** Gone, or another object under its name: nothing to claim. */
async function unlessGone<T>(patched: Promise<T>): Promise<T | undefined> {
  try {
    return await patched;
  } catch (error) {
    if (error instanceof ApiError && [404, 409, 422].includes(error.code)) return undefined;
    throw error;
  }
}
