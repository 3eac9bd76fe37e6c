import { describe, expect, it } from 'vitest';
import { dealSlots, slotCount, slotOf } from './slots.ts';

const names = (count: number) => Array.from({ length: count }, (_, number) => `node-${number}`);

/** The name of each slot's target. */
function dealt(targets: readonly string[]): readonly (string | undefined)[] {
  return dealSlots(targets).map((place) => targets[place]);
}

describe('dealing slots', () => {
  it('gives nobody anything where nobody is', () => {
    expect(dealSlots([])).toEqual([]);
  });

  it.each([1, 2, 3, 5, 20])('deals about evenly to %i targets', (count) => {
    const shares = new Map<string | undefined, number>();
    for (const name of dealt(names(count))) shares.set(name, (shares.get(name) ?? 0) + 1);
    expect(shares.size).toBe(count);
    const fair = slotCount / count;
    for (const share of shares.values()) {
      expect(Math.abs(share - fair)).toBeLessThanOrEqual(4 * Math.sqrt(fair));
    }
  });

  it.each([2, 3, 10])('moves only the slots of the one that goes, of %i', (count) => {
    const before = names(count);
    for (const gone of before) {
      const after = dealt(before.filter((name) => name !== gone));
      for (const [slot, name] of dealt(before).entries()) {
        if (name !== gone) expect(after[slot]).toBe(name);
      }
    }
  });

  it('does not mind the order', () => {
    expect(dealt(names(7).reverse())).toEqual(dealt(names(7)));
  });

  it('spreads the clients of one network', () => {
    const clients = Array.from({ length: 254 }, (_, host) => slotOf(`192.0.2.${host + 1}`));
    expect(new Set(clients).size).toBeGreaterThan(140);
    for (const slot of clients) expect(slot).toBeLessThan(slotCount);
  });
});
