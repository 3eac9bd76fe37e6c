/** Who gets new connections, and whose end: what the checks say, as the dataplane is told it. */
import type { Backend, Condition, WantedBackend } from './backend.ts';
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

/** @param backends in the operator's order, those that were taken off the list behind them. */
export function planForwarding(
  backends: readonly PlannedBackend[],
  whenNoneReady: BalancerOptions['whenNoneReady'],
): ForwardingPlan {
  const open = backends.filter(({ backend, isWanted }) => isWanted && !backend.isDraining);
  const allowed = whenNoneReady === 'try-all' ? [...tiers, ...lastTiers] : tiers;
  const tier = allowed.find((conditions) => open.some((one) => conditions.includes(one.condition)));
  return {
    eligible: open.filter(({ condition }) => tier?.includes(condition)).map(toBackend),
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
