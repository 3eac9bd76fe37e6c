/** Waits for the end of what ends, and does not wait for what does not. */

/** @param onLate it has not ended in time: it is left behind */
export async function endWithin(
  ms: number,
  ending: Promise<void>,
  onLate: () => void,
): Promise<void> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => {
    onLate();
    late.resolve(undefined);
  }, ms);
  try {
    await Promise.race([ending, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
