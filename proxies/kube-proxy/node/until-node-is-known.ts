/** The start waits for the node's own object: its addresses and ranges are part of what is written. */
import type { Clock } from '../../kit/clock.ts';
import type { Cluster } from '../cluster/follow-cluster.ts';

export interface WaitOptions {
  readonly needsPodCIDRs: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** As long as upstream, which then ends; this one goes on without, and leaves what it cannot know. */
const patienceMs = 300_000;

/** Resolves when everything is synced and the node is known, when it takes too long, or is aborted. */
export async function untilNodeIsKnown(
  cluster: Cluster,
  { needsPodCIDRs, clock, signal }: WaitOptions,
): Promise<void> {
  await untilAborted(signal, cluster.synced);
  const isKnown = () => {
    const { spec, status } = cluster.node ?? {};
    const hasAddresses = (status?.addresses?.length ?? 0) > 0;
    return hasAddresses && (!needsPodCIDRs || (spec?.podCIDRs?.length ?? 0) > 0);
  };
  if (isKnown() || signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  using waiting = new DisposableStack();
  waiting.use(
    cluster.onNode(() => {
      if (isKnown()) resolve(undefined);
    }),
  );
  waiting.use(clock.after(patienceMs, () => resolve(undefined)));
  await untilAborted(signal, promise);
}

async function untilAborted(signal: AbortSignal, promise: Promise<unknown>): Promise<void> {
  if (signal.aborted) return;
  const aborted = Promise.withResolvers<undefined>();
  const end = () => aborted.resolve(undefined);
  signal.addEventListener('abort', end, { once: true });
  await Promise.race([promise, aborted.promise]);
  signal.removeEventListener('abort', end);
}
