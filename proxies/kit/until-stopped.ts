/** The end of a command that serves: a signal, or the process that started it going away. */

const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP, or when the IPC channel closes. From then on a
 * second signal ends the process at once.
 */
export function untilStopped(): Promise<void> {
  const signals = Object.entries(numbers);
  return new Promise((resolve) => {
    let isStopping = false;
    for (const [signal, number] of signals) {
      process.on(signal, () => {
        if (isStopping) process.exit(128 + number);
        isStopping = true;
        resolve();
      });
    }
    process.once('disconnect', () => {
      isStopping = true;
      resolve();
    });
  });
}
