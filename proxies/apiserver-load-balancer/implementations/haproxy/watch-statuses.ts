/** Looks at the conditions in intervals, while somebody listens. */
import type { BackendStatus } from '../../backend.ts';

export function watchStatuses(options: {
  readonly statuses: () => Promise<readonly BackendStatus[]>;
  readonly listener: () => void;
  readonly everyMs: number;
}): Disposable {
  const { statuses, listener, everyMs } = options;
  let known: string | null = null;
  let isAsking = false;
  const look = async () => {
    const now = JSON.stringify(
      (await statuses()).map(({ backend, condition }) => [backend, condition]),
    );
    if (known !== null && known !== now) listener();
    known = now;
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
