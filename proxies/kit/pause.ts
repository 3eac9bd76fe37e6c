/** Waiting, by a clock that tests control. */
import type { Clock } from './clock.ts';

/** @throws the signal's reason */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const end = () => resolve(undefined);
  signal.addEventListener('abort', end, { once: true });
  const timer = clock.after(ms, end);
  await promise;
  timer[Symbol.dispose]();
  signal.removeEventListener('abort', end);
  signal.throwIfAborted();
}
