/**
 * Keys that wait for work: each at most once, several at a time, never the same twice at once; what
 * fails is tried again with growing pauses.
 */
import { ApiError, UnreachableError } from '../../../proxies/kit/api/errors.ts';

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
}

export interface WorkQueue extends AsyncDisposable {
  add(key: string): void;
  /** The earliest wish counts. */
  addAfter(key: string, delayMs: number): void;
}

const firstPauseMs = 5;
const longestPauseMs = 10_000;
/** What a timer can hold. */
const longestDelayMs = 2 ** 31 - 1;

export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  const waiting = new Set<string>();
  const working = new Map<string, Promise<void>>();
  const failures = new Map<string, number>();
  const timers = new Map<string, { readonly timer: NodeJS.Timeout; readonly at: number }>();
  const workers = options.workers ?? 5;
  let isOpen = false;
  let isStopped = false;

  const add = (key: string) => {
    if (isStopped) return;
    waiting.add(key);
    if (isOpen) work();
  };
  const addAfter = (key: string, delayMs: number) => {
    if (isStopped) return;
    const at = performance.now() + delayMs;
    const earlier = timers.get(key);
    if (earlier && earlier.at <= at) return;
    clearTimeout(earlier?.timer);
    const timer = setTimeout(
      () => {
        timers.delete(key);
        add(key);
      },
      Math.min(delayMs, longestDelayMs),
    );
    timers.set(key, { timer, at });
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
    try {
      const againAfterMs = await options.reconcile(key);
      failures.delete(key);
      if (againAfterMs !== undefined) addAfter(key, againAfterMs);
    } catch (error) {
      const failed = (failures.get(key) ?? 0) + 1;
      failures.set(key, failed);
      if (!isStopped && !isExpected(error)) options.log(`${options.name} ${key}: ${textOf(error)}`);
      const pauseMs = Math.min(firstPauseMs * 2 ** failed, longestPauseMs);
      addAfter(key, pauseMs * (0.5 + Math.random()));
    } finally {
      working.delete(key);
      if (waiting.size > 0) work();
    }
  };
  void options.begin.then(() => {
    isOpen = true;
    work();
  });

  return {
    add,
    addAfter,
    [Symbol.asyncDispose]: async () => {
      isStopped = true;
      waiting.clear();
      for (const { timer } of timers.values()) clearTimeout(timer);
      timers.clear();
      await Promise.all(working.values());
    },
  };
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
