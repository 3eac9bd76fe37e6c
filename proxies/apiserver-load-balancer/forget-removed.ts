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

/** Counts their connections now and then, while there are any. */
export function forgetRemoved(
  backends: BackendList,
  dataplane: Pick<Dataplane, 'counts'>,
  { everyMs, log, onForgotten }: ForgetRemovedOptions,
): Disposable {
  let isCounting = false;
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
    if (!isCounting && backends.hasRemoved) void count();
  }, everyMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
