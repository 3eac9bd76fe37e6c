/** In a lab that is new, the cloud may be there before its role is. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ApiClient } from '../../proxies/kit/api/api-client.ts';
import { isRefusal } from '../../proxies/kit/api/errors.ts';

const firstPauseMs = 50;
const longestPauseMs = 2000;

/**
 * Resolves when this may be read; that there is no such thing will do.
 *
 * @throws the signal's reason
 */
export async function untilAllowed(
  client: ApiClient,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      await client.get(path, { signal });
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (isRefusal(error, 'NotFound')) return;
    }
    await pause(pauseMs, undefined, { signal });
  }
}
