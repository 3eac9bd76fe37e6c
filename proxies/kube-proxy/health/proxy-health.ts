/** Whether kube-proxy keeps up with the API, and its node may get traffic: specification 3.11. */
import type { Clock } from '../../kit/clock.ts';
import type { Family } from '../service-port.ts';

/** What cluster-autoscaler puts on a node before it deletes it. */
const toBeDeletedTaint = 'ToBeDeletedByClusterAutoscaler';

/** A moment, on both clocks. */
export interface Moment {
  readonly now: number;
  readonly wall: number;
}

export interface NodeState {
  readonly metadata: { readonly deletionTimestamp?: string };
  readonly spec?: { readonly taints?: readonly { readonly key: string }[] };
}

export interface ProxyHealth {
  /** A change has come that this family does not yet follow. */
  queued(family: Family): void;
  /** The family follows all that has come. */
  updated(family: Family): void;
  /** What the node's object says now; null: it is gone. */
  nodeChanged(node: NodeState | null): void;
  /** Whether no family is late; of a late one, when it was last on time: null, never. */
  check(): { readonly isHealthy: boolean; readonly lastUpdated: Moment | null };
  readonly isNodeEligible: boolean;
}

/** @param timeoutMs how long a change may wait: twice the sync period */
export function createProxyHealth(clock: Clock, timeoutMs: number): ProxyHealth {
  const lastUpdated = new Map<Family, Moment>();
  const oldestQueued = new Map<Family, number>();
  let isNodeEligible = true;
  return {
    queued: (family) => {
      if (!oldestQueued.has(family)) oldestQueued.set(family, clock.now());
    },
    updated: (family) => {
      oldestQueued.delete(family);
      lastUpdated.set(family, momentOf(clock));
    },
    nodeChanged: (node) => {
      isNodeEligible =
        node !== null &&
        node.metadata.deletionTimestamp === undefined &&
        node.spec?.taints?.some(({ key }) => key === toBeDeletedTaint) !== true;
    },
    check: () => {
      const now = clock.now();
      for (const [family, queuedAt] of oldestQueued) {
        if (now - queuedAt < timeoutMs) continue;
        return { isHealthy: false, lastUpdated: lastUpdated.get(family) ?? null };
      }
      return { isHealthy: true, lastUpdated: momentOf(clock) };
    },
    get isNodeEligible() {
      return isNodeEligible;
    },
  };
}

export function momentOf(clock: Clock): Moment {
  return { now: clock.now(), wall: clock.wall() };
}
