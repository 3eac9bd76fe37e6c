/** Many tasks alike, a few first: where one fails, most would, and the rest is not even tried. */

/** @returns the first failure, or undefined */
export async function slowStart(
  count: number,
  task: () => Promise<void>,
): Promise<Error | undefined> {
  let left = count;
  for (let batch = 1; left > 0; batch *= 2) {
    const size = Math.min(batch, left);
    const results = await Promise.allSettled(Array.from({ length: size }, task));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) {
      return failed.reason instanceof Error ? failed.reason : new Error(String(failed.reason));
    }
    left -= size;
  }
  return undefined;
}
