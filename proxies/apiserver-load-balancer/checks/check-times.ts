/** When a backend is asked, and how long it may take to answer. */
import type { Condition } from '../backend.ts';
import type { CheckOptions } from '../balancer.ts';

export interface CheckTimes {
  readonly intervalMs: number;
  /** It decides about the connections that there are, `lateMs` about new ones. */
  readonly timeoutMs: number;
  /** Who has not answered after so long is suspected. */
  readonly lateMs: number;
}

/** The least time from the beginning of one check to that of the next, of whoever is not suspect. */
export const pauseMs = 50;

/** Of whoever is: a process that is being killed may still accept for a moment. */
export const suspectPauseMs = 10;

/** Who has not answered after so long is suspected when the data path had trouble with it. */
export const hastenedMs = 20;

export function checkTimes({ intervalMs, timeoutMs }: CheckOptions): CheckTimes {
  return { intervalMs, timeoutMs, lateMs: Math.min(100, timeoutMs / 4, intervalMs / 4) };
}

/**
 * From the beginning of one check to that of the next. Who is ready is asked so early that its silence is noticed
 * within the interval. Who is not is asked often at first, then less and less: after another twentieth of the
 * time that it has been away, so that a starting cluster is up soon and nobody is hammered.
 */
export function nextCheckMs(condition: Condition, lastedMs: number, times: CheckTimes): number {
  const { intervalMs, lateMs } = times;
  if (condition === 'ready') return intervalMs - lateMs;
  if (condition === 'suspect') return suspectPauseMs;
  return Math.min(intervalMs, Math.max(pauseMs, lastedMs / 20));
}
