/** Looks at the conditions in intervals, while somebody listens: the first that it sees are told, too. */
import type { BackendStatus } from '../../backend.ts';

export function watchStatuses(options: {
  readonly statuses: () => Promise<readonly BackendStatus[]>;
  readonly listener: () => void;
  readonly everyMs: number;
}): Disposable {
  const { statuses, listener, everyMs } = options;
  let known = '[]';
  let isAsking = false;
  const look = async () => {
    const now = JSON.stringify(
      (await statuses()).map(({ backend, condition }) => [backend, condition]),
    );
    if (known === now) return;
    known = now;
    listener();
  };
  const timer = setInterval(() => {
    if (isAsking) return;
    isAsking = true;
    void look()
      .catch(() => undefined) // It reloads, or has ended: that is told elsewhere.
      .finally(() => (isAsking = false));
  }, everyMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
