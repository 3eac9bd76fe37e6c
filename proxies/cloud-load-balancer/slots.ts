/**
 * Whose turn it is, by a map of 256 slots dealt by rendezvous hashing: each slot goes to the target that scores
 * highest for it. A target that goes gives its own slots to the others and moves nothing else; one that comes takes
 * from all of them alike. Pure: every process and every dataplane deals the same.
 *
 * Thaler, Ravishankar: A Name-Based Mapping Scheme for Rendezvous, 1996.
 */

export const slotCount = 256;

/**
 * For each slot, the place of its target in the list; empty when there are no targets. The order of the list changes
 * nothing about who gets which slot.
 *
 * @param names of the targets, each once
 */
export function dealSlots(names: readonly string[]): readonly number[] {
  if (names.length === 0) return [];
  const seeds = names.map(hashText);
  return Array.from({ length: slotCount }, (_, slot) => {
    let best = 0;
    let bestScore = -1;
    for (const [place, seed] of seeds.entries()) {
      const score = mix(seed ^ Math.imul(slot + 1, slotStep));
      const isBetter = score > bestScore;
      const isTie = score === bestScore && (names[place] ?? '') < (names[best] ?? '');
      if (!isBetter && !isTie) continue;
      best = place;
      bestScore = score;
    }
    return best;
  });
}

/** The slot of a client, by its address: one client stays with one slot, and neighbours spread. */
export function slotOf(address: string): number {
  return hashText(address) % slotCount;
}

/** A whole number of 32 bits, well mixed: FNV-1a, and the end of MurmurHash3. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place++) {
    hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
  }
  return mix(hash);
}

/** 2^32 divided by the golden ratio: neighbouring slots are far from each other. */
const slotStep = 0x9e3779b1;

function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
