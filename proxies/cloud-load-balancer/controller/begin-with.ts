/** The cloud takes over what there is, before anything else is asked of it. */
import { pauseMs } from '../../kit/api/work-queue.ts';
import type { Clock } from '../../kit/clock.ts';
import { pause } from '../../kit/pause.ts';
import type { Provider } from '../provider.ts';
import type { Node, Service } from '../service.ts';
import type { ProviderCalls } from './provider-calls.ts';
import { messageOf } from './sync-step.ts';

export interface BeginOptions {
  readonly provider: Provider;
  /** Asked anew for each attempt. */
  readonly services: () => readonly Service[];
  /** Those that may be sent to; asked anew, too. */
  readonly eligibleNodes: () => readonly Node[];
  readonly calls: ProviderCalls;
  readonly log: (line: string) => void;
  readonly clock: Clock;
  readonly stopped: AbortSignal;
}

const backoff = { firstMs: 1000, longestMs: 30_000, jitter: 0 };

/** Resolves when it has; never, when the controller stops before. */
export async function beginWith(options: BeginOptions): Promise<void> {
  const { provider, services, eligibleNodes, calls, log, clock, stopped } = options;
  for (let attempts = 1; !stopped.aborted; attempts += 1) {
    try {
      await calls.call('', (signal) => provider.begin(services(), eligibleNodes(), signal));
      return;
    } catch (error) {
      if (isAborted(stopped)) break;
      const waitMs = pauseMs(backoff, attempts);
      const why = messageOf(error);
      log(`provider ${provider.name} cannot begin (retrying in ${waitMs / 1000}s): ${why}`);
      await pause(clock, waitMs, stopped).catch(() => undefined);
    }
  }
  return new Promise(() => undefined);
}

/** Asked anew: it changes while we wait. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
