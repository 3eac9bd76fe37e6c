/** Tells a dataplane the newest plan: one after the other, again when it fails, nothing when nothing changed. */
import type { ForwardingPlan } from './dataplane.ts';
import { endWithin } from '../kit/end-within.ts';

export interface ApplyLoopOptions {
  /** What holds now; null: that is what was applied last. `last` is null where nobody knows what holds. */
  readonly next: (last: ForwardingPlan | null) => ForwardingPlan | null;
  readonly apply: (plan: ForwardingPlan) => Promise<void>;
  /** It holds; also when it did before. */
  readonly onApplied: (plan: ForwardingPlan) => void;
  readonly onFailed: (plan: ForwardingPlan, error: unknown) => void;
  /** It stopped in the middle of a plan, and that plan is neither in force nor refused for so long: it is left. */
  readonly onLeft: () => void;
  readonly endWithinMs: number;
}

export interface ApplyLoop extends AsyncDisposable {
  /** Something may have changed. */
  request(): void;
  /** Resolves when what holds now is applied; rejects when that fails. */
  applied(): Promise<void>;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function createApplyLoop(options: ApplyLoopOptions): ApplyLoop {
  let last: ForwardingPlan | null = { eligible: [], reset: [] };
  let running: Promise<void> | null = null;
  let waiting: Waiting[] = [];
  /** Those who wait for the plan that is being applied. */
  let served: Waiting[] = [];
  let retry: NodeJS.Timeout | undefined;
  let isAsked = false;
  let isStopped = false;

  const run = async () => {
    // What changes in the same turn is told together.
    await Promise.resolve();
    while (isAsked && !isStopped) {
      isAsked = false;
      served = waiting;
      waiting = [];
      const plan = options.next(last);
      try {
        if (plan !== null) {
          await options.apply(plan);
          last = plan;
        }
        if (last !== null) options.onApplied(last);
        for (const { resolve } of served) resolve();
      } catch (error) {
        last = null;
        if (plan !== null) options.onFailed(plan, error);
        for (const { reject } of served) reject(error);
        retry = setTimeout(request, retryMs);
      }
      served = [];
    }
    running = null;
  };
  const request = () => {
    isAsked = true;
    if (running !== null || isStopped) return;
    clearTimeout(retry);
    running = run();
  };

  return {
    request,
    applied: () =>
      new Promise((resolve, reject) => {
        if (isStopped) reject(stopped());
        waiting.push({ resolve, reject });
        request();
      }),
    [Symbol.asyncDispose]: async () => {
      isStopped = true;
      if (running !== null) await endWithin(options.endWithinMs, running, options.onLeft);
      clearTimeout(retry);
      for (const { reject } of [...served, ...waiting]) reject(stopped());
    },
  };
}

/** After a plan could not be applied. */
const retryMs = 250;

function stopped(): Error {
  return new Error('the load balancer was stopped');
}
