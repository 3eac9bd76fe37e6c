/** What stands behind the page, if anything. */
import type { LiveStatus } from '../server/live/status.ts';

let asked: Promise<LiveStatus['kind'] | null> | undefined;

/** `null` on a static host; asked once. */
export function whatIsBehind(): Promise<LiveStatus['kind'] | null> {
  asked ??= fetch('/live/status')
    // Our own server, same origin: its answer is typed there and not parsed again.
    .then(async (response) => {
      const { kind } = (await response.json()) as LiveStatus;
      return response.ok ? kind : null;
    })
    .catch(() => null);
  return asked;
}
