/** Calls of the cloud: each has a deadline, and those for one Service never overlap, even when one is late. */
import type { Clock } from '../../kit/clock.ts';

/** Go's words for it; they are in the event. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';

  constructor() {
    super('context deadline exceeded');
  }
}

export interface ProviderCalls {
  /**
   * Calls when the call before it has ended, however late that is.
   *
   * @param key whose calls must not overlap
   * @throws DeadlineExceeded when both together take too long; the call is told by its signal, and may still end
   */
  call<Result>(key: string, call: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
}

export function createProviderCalls(
  timeoutMs: number,
  clock: Clock,
  stopped: AbortSignal,
): ProviderCalls {
  const last = new Map<string, Promise<unknown>>();
  return {
    call: async (key, call) => {
      const given = new AbortController();
      const deadline = Promise.withResolvers<never>();
      const end = (reason: Error) => {
        given.abort(reason);
        deadline.reject(reason);
      };
      // The border: a reason is what whoever aborts gives.
      const stop = () => end(stopped.reason as Error);
      if (stopped.aborted) stop();
      stopped.addEventListener('abort', stop, { once: true });
      const timer = clock.after(timeoutMs, () => end(new DeadlineExceeded()));
      const before = last.get(key);
      const begin = async () => {
        await before;
        given.signal.throwIfAborted();
        return call(given.signal);
      };
      const called = begin();
      const ended = called.then(
        () => undefined,
        () => undefined,
      );
      last.set(key, ended);
      void ended.then(() => {
        if (last.get(key) === ended) last.delete(key);
      });
      try {
        return await Promise.race([called, deadline.promise]);
      } finally {
        timer[Symbol.dispose]();
        stopped.removeEventListener('abort', stop);
      }
    },
  };
}
