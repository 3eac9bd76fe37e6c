/** Which backend a new connection goes to first, and which when that one fails. */
import type { Backend } from '../backend.ts';
import type { Balance } from '../dataplane.ts';

/** All of them, each once; the first is the chosen one. */
export type Balancing = (eligible: readonly Backend[]) => readonly Backend[];

/** @param activeOf how many connections a backend has now, by its name */
export function balancing(balance: Balance, activeOf: (name: string) => number): Balancing {
  let turn = 0;
  const inTurn = (eligible: readonly Backend[]) => {
    const first = turn % Math.max(1, eligible.length);
    turn = first + 1;
    return [...eligible.slice(first), ...eligible.slice(0, first)];
  };
  const balancings: Readonly<Record<Balance, Balancing>> = {
    'first-healthy': (eligible) => eligible,
    'round-robin': inTurn,
    // The sort is stable: equals stay in turn.
    'least-connections': (eligible) =>
      inTurn(eligible).sort((one, other) => activeOf(one.name) - activeOf(other.name)),
  };
  return balancings[balance];
}
