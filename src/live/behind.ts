/** What stands behind the page, if anything. */
import type { LiveStatus } from '../server/live/status.ts';

let asked: Promise<LiveStatus | null> | undefined;

/** `null` on a static host. */
export async function whatIsBehind(): Promise<LiveStatus['kind'] | null> {
  return (await status())?.kind ?? null;
}

/** Whether there is a lab, and this reader sits at it. */
export async function mayOperate(): Promise<boolean> {
  return (await status())?.isOperable ?? false;
}

/** Asked once. */
function status(): Promise<LiveStatus | null> {
  asked ??= fetch('/live/status')
    // Our own server, same origin: its answer is typed there and not parsed again.
    .then(async (response) => (response.ok ? ((await response.json()) as LiveStatus) : null))
    .catch(() => null);
  return asked;
}
