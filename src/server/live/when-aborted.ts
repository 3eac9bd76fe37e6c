/** A signal as something to race against. */

/** Rejects with the signal's reason; nobody has to hear it. Dispose of it when the race is over. */
export function whenAborted(
  signal: AbortSignal,
): Disposable & { readonly promise: Promise<never> } {
  const { promise, reject } = Promise.withResolvers<never>();
  const leave = () => reject(signal.reason as Error);
  if (signal.aborted) leave();
  else signal.addEventListener('abort', leave, { once: true });
  promise.catch(() => undefined);
  return { promise, [Symbol.dispose]: () => signal.removeEventListener('abort', leave) };
}
