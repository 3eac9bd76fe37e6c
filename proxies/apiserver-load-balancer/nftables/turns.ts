/** Who gets the next connections, in which order. */
import type { Backend } from '../backend.ts';
import type { Balance } from '../dataplane.ts';

/** Turns for each backend: so many connections may come before the counts must be looked at again. */
const turnsPerBackend = 8;

/**
 * One after the other; after the last, the kernel begins again.
 *
 * @param active how many connections each has, by name: least connections asks
 */
export function turnsOf(
  balance: Balance,
  eligible: readonly Backend[],
  active: ReadonlyMap<string, number>,
): readonly Backend[] {
  switch (balance) {
    case 'round-robin':
      return eligible;
    case 'first-healthy':
      return eligible.slice(0, 1);
    case 'least-connections':
      return fewestFirst(eligible, active);
  }
}

/** As if each turn's connection came and none ended. */
function fewestFirst(
  eligible: readonly Backend[],
  active: ReadonlyMap<string, number>,
): readonly Backend[] {
  if (eligible.length < 2) return eligible;
  const counts = eligible.map(({ name }) => active.get(name) ?? 0);
  return Array.from({ length: eligible.length * turnsPerBackend }, () => {
    const index = counts.indexOf(Math.min(...counts));
    counts[index] = (counts[index] ?? 0) + 1;
    return eligible[index];
  }).filter((backend) => backend !== undefined);
}
