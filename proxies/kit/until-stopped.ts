/** The end of a command that serves: a signal, or the process that started it going away. */

const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

export type StopSignal = keyof typeof numbers;

/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP with its name, or with null when the IPC channel
 * closes. From then on a second signal ends the process at once.
 */
export function untilStopped(): Promise<StopSignal | null> {
  return new Promise((resolve) => {
    let isStopping = false;
    for (const [signal, number] of Object.entries(numbers)) {
      process.on(signal, () => {
        if (isStopping) process.exit(128 + number);
        isStopping = true;
        resolve(signal as StopSignal);
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
  stopped: Promise<StopSignal | null>,
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
