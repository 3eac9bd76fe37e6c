/**
 * Keys that wait for work: each at most once, several at a time, never the same twice at once; what
 * fails is tried again with growing pauses.
 */
import { systemClock, type Clock } from '../clock.ts';
import { ApiError, UnreachableError } from './errors.ts';
import type { WorkQueueObserver } from './work-queue-metrics.ts';

export interface WorkQueueOptions {
  /** For the log. */
  readonly name: string;
  /** Work begins when this resolves: when the caches are filled. */
  readonly begin: Promise<unknown>;
  /** How many keys at a time; 5 unless told otherwise, as upstream's workers. */
  readonly workers?: number;
  /** Brings what the key names to where it should be. A number: look again after so many milliseconds. */
  readonly reconcile: (key: string) => Promise<number | undefined>;
  readonly log: (line: string) => void;
  readonly backoff?: Backoff;
  /** Hears of each failure; absent: what nobody expects is logged. */
  readonly onFailure?: (key: string, error: unknown) => void;
  readonly clock?: Clock;
  /** Hears of all that happens; see `createWorkQueueMetrics`. */
  readonly observer?: WorkQueueObserver;
}

/** The pause after a failure doubles with each that follows, until something succeeds. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
  /** How much of a pause is left to chance, so that not all try again at once: 0.5 is half of it, more or less. */
  readonly jitter: number;
}

export interface WorkQueue extends AsyncDisposable {
  add(key: string): void;
  /** The earliest wish counts. */
  addAfter(key: string, delayMs: number): void;
}

const quickBackoff: Backoff = { firstMs: 10, longestMs: 10_000, jitter: 0.5 };
/** What a timer can hold. */
const longestDelayMs = 2 ** 31 - 1;

interface Wish {
  readonly timer: Disposable;
  readonly at: number;
  /** Only because it failed: whatever works on the key before makes it void. */
  readonly isRetry: boolean;
}

export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  const { workers = 5, backoff = quickBackoff, clock = systemClock, observer } = options;
  const waiting = new Set<string>();
  const working = new Map<string, Promise<void>>();
  const failures = new Map<string, number>();
  const wishes = new Map<string, Wish>();
  let isOpen = false;
  let isStopped = false;

  const add = (key: string) => {
    if (isStopped) return;
    waiting.add(key);
    observer?.added(key);
    if (isOpen) work();
  };
  const wish = (key: string, delayMs: number, isRetry: boolean) => {
    if (isStopped) return;
    const at = clock.now() + delayMs;
    const earlier = wishes.get(key);
    if (earlier && earlier.at <= at) return;
    earlier?.timer[Symbol.dispose]();
    const timer = clock.after(Math.min(delayMs, longestDelayMs), () => {
      wishes.delete(key);
      add(key);
    });
    wishes.set(key, { timer, at, isRetry });
  };
  const work = () => {
    for (const key of waiting) {
      if (working.size >= workers || isStopped) return;
      if (working.has(key)) continue;
      waiting.delete(key);
      working.set(key, workOn(key));
    }
  };
  const workOn = async (key: string) => {
    const wished = wishes.get(key);
    if (wished?.isRetry) {
      wished.timer[Symbol.dispose]();
      wishes.delete(key);
    }
    observer?.began(key);
    try {
      const againAfterMs = await options.reconcile(key);
      failures.delete(key);
      if (againAfterMs !== undefined) wish(key, againAfterMs, false);
    } catch (error) {
      const failed = (failures.get(key) ?? 0) + 1;
      failures.set(key, failed);
      if (!isStopped) tellFailure(key, error);
      observer?.retried();
      wish(key, pauseMs(backoff, failed), true);
    } finally {
      observer?.ended(key);
      working.delete(key);
      if (waiting.size > 0) work();
    }
  };
  const tellFailure =
    options.onFailure ??
    ((key, error) => {
      if (!isExpected(error)) options.log(`${options.name} ${key}: ${textOf(error)}`);
    });
  void options.begin.then(() => {
    isOpen = true;
    work();
  });

  return {
    add,
    addAfter: (key, delayMs) => wish(key, delayMs, false),
    [Symbol.asyncDispose]: async () => {
      isStopped = true;
      waiting.clear();
      for (const { timer } of wishes.values()) timer[Symbol.dispose]();
      wishes.clear();
      await Promise.all(working.values());
    },
  };
}

/** @example pauseMs({ firstMs: 5000, longestMs: 300_000, jitter: 0 }, 3) // 20000 */
export function pauseMs({ firstMs, longestMs, jitter }: Backoff, failures: number): number {
  const pause = Math.min(firstMs * 2 ** (failures - 1), longestMs);
  return pause * (1 - jitter + 2 * jitter * Math.random());
}

/** Somebody else was faster, or the server is away: the next attempt sees it. */
function isExpected(error: unknown): boolean {
  if (error instanceof UnreachableError) return true;
  return error instanceof ApiError && (error.code === 409 || error.code === 404);
}

function textOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
