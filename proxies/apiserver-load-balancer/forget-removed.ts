/** Backends that were taken off the list are watched as long as they have connections. */
import { messageOf } from '../kit/http/go-error.ts';
import type { Severity } from '../kit/klog.ts';
import type { BackendList } from './backend-list.ts';
import type { Dataplane } from './dataplane.ts';

export interface ForgetRemovedOptions {
  readonly everyMs: number;
  readonly log: (severity: Severity, text: string) => void;
  readonly onForgotten: () => void;
}

/** Counting may mean to look through all connections of the machine: it is done less and less often. */
const mostTicks = 30;

/** Counts their connections now and then, while there are any. */
export function forgetRemoved(
  backends: BackendList,
  dataplane: Pick<Dataplane, 'counts'>,
  { everyMs, log, onForgotten }: ForgetRemovedOptions,
): Disposable {
  let isCounting = false;
  let pauseTicks = 0;
  let ticksLeft = 0;
  const count = async () => {
    isCounting = true;
    try {
      const { active } = await dataplane.counts();
      if (backends.forget(active)) onForgotten();
    } catch (error) {
      log('W', `Cannot count the connections of backends taken off the list: ${messageOf(error)}`);
    }
    isCounting = false;
  };
  const timer = setInterval(() => {
    if (!backends.hasRemoved) pauseTicks = ticksLeft = 0;
    else if (ticksLeft > 0) ticksLeft -= 1;
    else if (!isCounting) {
      ticksLeft = pauseTicks;
      pauseTicks = Math.min(2 * pauseTicks + 1, mostTicks);
      void count();
    }
  }, everyMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
