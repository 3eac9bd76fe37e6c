/**
 * What is given out once in the whole cluster: a key of the store each, created by whoever gets it. The
 * store creates a key only once, so that the apiservers in front of it need no lock between them.
 */
import { textAt, type ApiObject } from '../api-object.ts';
import type { ApiEntry, ApiStore } from '../registry.ts';

export type ClaimKind = 'clusterips' | 'nodeports';

/** Who holds a claim: an object that is there, or about to be. */
export interface Owner {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export const claimsPrefix = '/allocations/';

export function claimKey(kind: ClaimKind, what: string): string {
  return `${claimsPrefix}${kind}/${what}`;
}

/** Whether the owner has it now, and nobody else. */
export async function claim(
  store: ApiStore,
  kind: ClaimKind,
  what: string,
  owner: Owner,
): Promise<boolean> {
  const write = await store.create(claimKey(kind, what), claimOf(what, owner));
  return write.result === 'written';
}

export async function isClaimed(store: ApiStore, kind: ClaimKind, what: string): Promise<boolean> {
  return (await store.get(claimKey(kind, what))) !== undefined;
}

/** Gives it back, if it is the owner's. */
export async function release(
  store: ApiStore,
  kind: ClaimKind,
  what: string,
  owner: Pick<Owner, 'uid'>,
): Promise<void> {
  const entry = await store.get(claimKey(kind, what));
  if (entry && ownerOfClaim(entry).uid === owner.uid) await store.delete(entry.key, entry.revision);
}

export function ownerOfClaim({ value }: ApiEntry): Owner {
  return {
    namespace: textAt(value, 'owner', 'namespace'),
    name: textAt(value, 'owner', 'name'),
    uid: textAt(value, 'owner', 'uid'),
  };
}

function claimOf(what: string, { namespace, name, uid }: Owner): ApiObject {
  return { metadata: { name: what }, owner: { namespace, name, uid }, claimedAt: Date.now() };
}
