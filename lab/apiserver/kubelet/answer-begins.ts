/** How long a kubelet may take to begin its answer: a node that is paused still shakes hands. */

const answerTimeoutMs = 30_000;

/**
 * Waits for the head of an answer, and no longer than the caller does. Whoever waits
 * closes the connection when this fails.
 *
 * @throws Error in Go's words
 */
export async function answerBegins<Head>(head: Promise<Head>, signal: AbortSignal): Promise<Head> {
  const { promise, reject } = Promise.withResolvers<never>();
  const leave = () => reject(new Error('context canceled'));
  const timer = setTimeout(
    () => reject(new Error('net/http: timeout awaiting response headers')),
    answerTimeoutMs,
  );
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  try {
    return await Promise.race([head, promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', leave);
  }
}
