/** Brings claims and Services together again, after a crash between the two, or where keys are new. */
import type { ApiObject } from '../api-object.ts';
import { keyPrefix, type ApiStore } from '../registry.ts';
import { services } from '../resources/services.ts';
import { claim, claimKey, claimsPrefix, ownerOfClaim, type ClaimKind } from './claims.ts';
import { claimsOf, ownerOf } from './service-allocation.ts';

/** So long a claim may stand alone: its Service is perhaps about to be written. */
const youngMs = 60_000;
const intervalMs = 3 * 60_000;

/** Repairs once now, and then every three minutes, as upstream does, until it is disposed. */
export async function startRepair(store: ApiStore): Promise<Disposable> {
  await repairClaims(store);
  const timer = setInterval(() => {
    // The next round will do what this one could not.
    repairClaims(store).catch(() => undefined);
  }, intervalMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Claims what Services have, and releases what no Service has. */
export async function repairClaims(store: ApiStore, now = Date.now()): Promise<void> {
  const claims = await listOf(store, claimsPrefix);
  const known = new Set(claims.map(({ key }) => key));
  const held = new Map<string, string>();
  for (const { value } of await listOf(store, keyPrefix(services))) {
    for (const { kind, what } of claimsOf(value)) {
      const owner = ownerOf(value);
      held.set(claimKey(kind, what), owner.uid);
      if (!known.has(claimKey(kind, what)))
        await claim(store, kind satisfies ClaimKind, what, owner);
    }
  }
  for (const entry of claims) {
    const isOld = now - ageOf(entry.value) > youngMs;
    const isHeld = held.get(entry.key) === ownerOfClaim(entry).uid;
    if (!isHeld && isOld) await store.delete(entry.key, entry.revision);
  }
}

function ageOf(value: ApiObject): number {
  return typeof value.claimedAt === 'number' ? value.claimedAt : 0;
}

async function listOf(store: ApiStore, prefix: string) {
  const page = await store.list({ prefix });
  return page.result === 'page' ? page.entries : [];
}
