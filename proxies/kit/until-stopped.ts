/** The end of a command that serves: a signal, or the process that started it going away. */

const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

export type StopSignal = keyof typeof numbers;

/** Resolves with the signal; with null where the process that started us went away. */
export type Stopped = Promise<StopSignal | null>;

const allSignals: readonly StopSignal[] = ['SIGHUP', 'SIGINT', 'SIGTERM'];

/**
 * Resolves at the first of the signals with its name, or with null when the IPC channel closes. From
 * then on a second signal ends the process at once.
 */
export function untilStopped(signals: readonly StopSignal[] = allSignals): Stopped {
  return new Promise((resolve) => {
    let isStopping = false;
    for (const signal of signals) {
      process.on(signal, () => {
        if (isStopping) process.exit(128 + numbers[signal]);
        isStopping = true;
        resolve(signal);
      });
    }
    process.once('disconnect', () => {
      isStopping = true;
      resolve(null);
    });
  });
}

/**
 * Begins something, unless it is stopped meanwhile: before the start there is nothing to finish, and an
 * apiserver that is away may be waited for.
 */
export async function unlessStopped<Running>(
  stopped: Stopped,
  begin: () => Promise<Running>,
): Promise<Running> {
  let isStarting = true;
  void stopped.then((signal) => {
    if (!isStarting) return;
    if (signal === null) process.exit(0);
    endBySignal(signal);
  });
  try {
    return await begin();
  } finally {
    isStarting = false;
  }
}

/**
 * Ends the process by the signal that stopped it, once everything is put away: who started it can
 * tell, as with any other program (a shell shows 143, 130 or 129).
 */
export function endBySignal(signal: StopSignal): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
