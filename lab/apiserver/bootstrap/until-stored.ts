/** An apiserver waits for its store, however long that is away. */
import { StoreTimeoutError } from '../../store/store.ts';

/**
 * Does what may be done twice until the store has taken all of it. A store that is away is asked again
 * when it has been waited for; that is a pause of seconds.
 */
export async function untilStored<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StoreTimeoutError)) throw error;
    }
  }
}
