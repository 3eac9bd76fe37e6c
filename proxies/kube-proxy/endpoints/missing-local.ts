/** Counts the ports that the policy Local leaves without an endpoint, though there are some elsewhere. */
import type { ServicePortState } from '../service-port.ts';
import type { PolicyCounts } from './service-changes.ts';

export interface MissingLocalCounter {
  readonly counts: PolicyCounts;
  replace(before: readonly ServicePortState[], after: readonly ServicePortState[]): void;
}

export function createMissingLocalCounter(): MissingLocalCounter {
  const counts = { internal: 0, external: 0 };
  const add = (states: readonly ServicePortState[], by: 1 | -1) => {
    for (const { hasEndpoints, local, isInternalLocal, isExternalLocal } of states) {
      if (!hasEndpoints || local.length > 0) continue;
      if (isInternalLocal) counts.internal += by;
      if (isExternalLocal) counts.external += by;
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
