/** Who gets new connections, and whose end: what the checks say, as the dataplane is told it. */
import type { Backend, Condition, Family, WantedBackend } from './backend.ts';
import type { BalancerOptions } from './balancer.ts';
import type { ForwardingPlan } from './dataplane.ts';

export interface PlannedBackend {
  readonly backend: WantedBackend;
  readonly condition: Condition;
  /** Still on the operator's list. */
  readonly isWanted: boolean;
  /** Its connections' time is over, and they have not been reset yet. */
  readonly isDue: boolean;
}

/** The first of these that anybody is in gets the new connections, whatever the policy. */
const tiers: readonly (readonly Condition[])[] = [['ready'], ['suspect', 'unknown']];

/** With `try-all`, when nobody is in those: whoever answers at all before whoever does not. */
const lastTiers: readonly (readonly Condition[])[] = [['not-ready'], ['dead']];

/**
 * @param backends in the operator's order, those that were taken off the list behind them
 * @param crossesFamilies whether a client of one family can be sent to a backend of the other; where not,
 *   each family has its own best
 */
export function planForwarding(
  backends: readonly PlannedBackend[],
  whenNoneReady: BalancerOptions['whenNoneReady'],
  crossesFamilies = true,
): ForwardingPlan {
  const open = backends.filter(({ backend, isWanted }) => isWanted && !backend.isDraining);
  const allowed = whenNoneReady === 'try-all' ? [...tiers, ...lastTiers] : tiers;
  const tierOf = (family: Family) => {
    const rivals = open.filter(({ backend }) => crossesFamilies || backend.family === family);
    return allowed.find((tier) => rivals.some(({ condition }) => tier.includes(condition))) ?? [];
  };
  const best: Readonly<Record<Family, readonly Condition[]>> = {
    IPv4: tierOf('IPv4'),
    IPv6: tierOf('IPv6'),
  };
  return {
    eligible: open
      .filter(({ backend, condition }) => best[backend.family].includes(condition))
      .map(toBackend),
    reset: backends.filter(({ isDue }) => isDue).map(toBackend),
  };
}

/** Whether the two tell a dataplane the same; a reset is news each time. */
export function isSamePlan(one: ForwardingPlan, other: ForwardingPlan): boolean {
  return (
    other.reset.length === 0 &&
    one.eligible.length === other.eligible.length &&
    one.eligible.every(({ name }, at) => name === other.eligible[at]?.name)
  );
}

function toBackend({ backend }: PlannedBackend): Backend {
  const { name, address, port, family } = backend;
  return { name, address, port, family };
}
