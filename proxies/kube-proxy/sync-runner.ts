/**
 * Runs one thing often enough and not too often: specification 3.9, upstream's bounded frequency runner. A
 * lone request is served at once; those that come while it works, or too soon after, are served together.
 */
import type { Clock } from '../kit/clock.ts';

export interface SyncRunnerOptions {
  /** Tells whether it succeeded. Must not reject. */
  readonly run: () => Promise<boolean>;
  /** From the end of one to the beginning of the next; 0: no pause. */
  readonly minIntervalMs: number;
  /** After one that failed, from its end. */
  readonly retryIntervalMs: number;
  /** Runs without being asked, too, so long after the last; never before it was asked the first time. */
  readonly maxIntervalMs: number;
  readonly clock: Clock;
}

export interface SyncRunner extends AsyncDisposable {
  /** Asks for a run that begins after this moment. */
  request(): void;
}

export function createSyncRunner(options: SyncRunnerOptions): SyncRunner {
  const { clock, minIntervalMs, retryIntervalMs, maxIntervalMs } = options;
  let state: 'resting' | 'running' | 'stopped' = 'resting';
  let isAsked = false;
  /** When the pause after the last run is over. */
  let restedAt = clock.now();
  let running: Promise<void> | undefined;
  let beginning: NodeJS.Immediate | undefined;
  let timer: Disposable | undefined;

  const wakeIn = (ms: number) => {
    timer?.[Symbol.dispose]();
    timer = clock.after(ms, begin);
  };
  const begin = () => {
    if (state !== 'resting') return;
    state = 'running';
    timer?.[Symbol.dispose]();
    running = work();
  };
  const work = async () => {
    isAsked = false;
    const isGood = await options.run();
    if (isStopped()) return;
    state = 'resting';
    restedAt = clock.now() + minIntervalMs;
    if (wasAsked()) serve();
    else wakeIn(isGood ? maxIntervalMs : Math.min(retryIntervalMs, maxIntervalMs));
  };
  /** Asked anew each time: they change while we wait. */
  const isStopped = () => state === 'stopped';
  const wasAsked = () => isAsked;
  const serve = () => {
    const pauseMs = restedAt - clock.now();
    if (pauseMs > 0) {
      wakeIn(pauseMs);
      return;
    }
    // What arrived together is served together.
    beginning ??= setImmediate(() => {
      beginning = undefined;
      begin();
    });
  };

  return {
    request: () => {
      if (isAsked || isStopped()) return;
      isAsked = true;
      if (state === 'resting') serve();
    },
    [Symbol.asyncDispose]: async () => {
      state = 'stopped';
      timer?.[Symbol.dispose]();
      clearImmediate(beginning);
      await running;
    },
  };
}
