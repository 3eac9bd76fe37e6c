/** Runs what it is given in the order in which it came, never two at once; who waits may give up. */

export type InTurn = <Result>(run: () => Promise<Result>, signal?: AbortSignal) => Promise<Result>;

/**
 * Given up while it waits, it is not run; given up while it runs, it is not waited for any more, but the next one
 * still comes after it.
 */
export function inTurn(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (run, signal) => {
    const result = last.then(() => {
      signal?.throwIfAborted();
      return run();
    });
    last = result.catch(() => undefined);
    return signal ? whileWanted(result, signal) : result;
  };
}

async function whileWanted<Result>(result: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise: givenUp, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(signal.reason as Error);
  signal.addEventListener('abort', giveUp);
  if (signal.aborted) giveUp();
  try {
    return await Promise.race([result, givenUp]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
