/** What can be asked of a data path, in whichever thread it runs. */
import type { Dataplane, ForwardedConnection, ForwardingPlan } from '../dataplane.ts';
import type { Forwarder } from './forwarder.ts';

export type Counts = Awaited<ReturnType<Dataplane['counts']>>;

export interface DataPath extends AsyncDisposable {
  readonly addresses: readonly string[];
  apply(plan: ForwardingPlan): Promise<void>;
  connections(): Promise<readonly ForwardedConnection[]>;
  counts(): Promise<Counts>;
  /** Whether it tells of connections that begin. */
  watch(isWatched: boolean): Promise<void>;
}

/** In this thread. */
export function ownPath(forwarder: Forwarder, addresses: readonly string[]): DataPath {
  return {
    addresses,
    apply: async (plan) => forwarder.apply(plan),
    connections: async () => forwarder.list(),
    counts: async () => forwarder.counts(),
    watch: async (isWatched) => {
      forwarder.isWatched = isWatched;
    },
    [Symbol.asyncDispose]: async () => forwarder[Symbol.dispose](),
  };
}
