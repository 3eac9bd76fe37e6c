/** Random changes of who is on the list, in which order, and how they are; the same for the same seed. */
import fc from 'fast-check';
import type { Listed } from '../conformance/cases/case.ts';

export type Change =
  | { readonly is: 'list'; readonly backends: readonly Listed[] }
  | { readonly is: 'ready'; readonly number: 1 | 2; readonly isReady: boolean }
  /** `kill -9`, and started again with one of the next changes. */
  | { readonly is: 'killed'; readonly number: 1 | 2 };

/** The third is always on the list, and well: what leads there is to live. */
const always = 3;

const drains = (number: 1 | 2) => ({ number, drains: true }) as const;

const list = fc
  .shuffledSubarray<Listed>([1, 2, drains(1), drains(2), always])
  .map((some): Change => {
    const backends = some.filter(
      (one, at) => some.findIndex((other) => numberOf(other) === numberOf(one)) === at,
    );
    return { is: 'list', backends: backends.includes(always) ? backends : [...backends, always] };
  });

const victim = fc.constantFrom(1 as const, 2 as const);

const change = fc.oneof(
  { arbitrary: list, weight: 100 },
  {
    arbitrary: fc.record({
      is: fc.constant('ready' as const),
      number: victim,
      isReady: fc.boolean(),
    }),
    weight: 20,
  },
  { arbitrary: fc.record({ is: fc.constant('killed' as const), number: victim }), weight: 1 },
);

export function randomChanges(count: number, seed: number): readonly Change[] {
  return fc.sample(change, { numRuns: count, seed });
}

function numberOf(listed: Listed): number {
  return typeof listed === 'object' ? listed.number : listed;
}
