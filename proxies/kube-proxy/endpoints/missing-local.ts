/** Counts the ports that the policy Local leaves without an endpoint, though there are some elsewhere. */
import { isExternallyAccessible, type ServicePortState } from '../service-port.ts';
import type { PolicyCounts } from './service-changes.ts';

export interface MissingLocalCounter {
  readonly counts: PolicyCounts;
  replace(before: readonly ServicePortState[], after: readonly ServicePortState[]): void;
}

export function createMissingLocalCounter(): MissingLocalCounter {
  const counts = { internal: 0, external: 0 };
  const add = (states: readonly ServicePortState[], by: 1 | -1) => {
    for (const state of states) {
      if (!state.hasEndpoints || state.local.length > 0) continue;
      if (state.isInternalLocal) counts.internal += by;
      if (state.isExternalLocal && isExternallyAccessible(state)) counts.external += by;
    }
  };
  return {
    counts,
    replace: (before, after) => {
      add(before, -1);
      add(after, 1);
    },
  };
}
