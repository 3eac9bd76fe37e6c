/** The life of a workload: it runs, is asked to stop, and ends once, with one exit code. */
import type { Workload } from './workload.ts';

export interface Lifecycle {
  /** Aborted when the workload is asked to stop, and at its end. */
  readonly stopping: AbortSignal;
  readonly exited: Promise<number>;
  /** Closes everything and ends with this code; only the first call counts. */
  exit(code: number): Promise<void>;
  readonly workload: Workload;
}

export interface LifecycleOptions {
  /** SIGTERM: finishes what is under way, for as long as that takes. Absent: ends at once. */
  readonly drain?: () => Promise<void>;
  /** Closes what is open, without waiting for anybody. */
  readonly close: () => Promise<void> | void;
}

/** What SIGKILL leaves behind. */
const killed = 137;

/** A program that was asked to stop and did so in order ends with 0. */
export function createLifecycle({ drain, close }: LifecycleOptions): Lifecycle {
  const stop = new AbortController();
  const { promise: exited, resolve } = Promise.withResolvers<number>();
  let closed: Promise<void> | undefined;

  const exit = (code: number): Promise<void> => {
    stop.abort();
    closed ??= Promise.resolve(close()).then(() => resolve(code));
    return closed;
  };
  const terminate = (): void => {
    if (stop.signal.aborted) return;
    stop.abort();
    void Promise.resolve(drain?.()).then(() => exit(0));
  };
  const dispose = () => exit(killed);
  return {
    stopping: stop.signal,
    exited,
    exit,
    workload: { terminate, exited, [Symbol.asyncDispose]: dispose },
  };
}
