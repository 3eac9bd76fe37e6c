/** Hops for the process that started this one, over its IPC channel, while it wants them. */
import type { Hop } from './hop.ts';

export interface HopSource {
  setHopListener(listener: ((hop: Hop) => void) | null): void;
}

/** More than these are not kept for whoever does not read them. */
const mostWaiting = 256;

/** Obeys `{ "hops": true | false }` with `{ "hop": … }` messages. Nothing where there is no channel. */
export function relayHops(source: HopSource): Disposable {
  let waiting = 0;
  const tell = (hop: Hop) => {
    if (waiting >= mostWaiting || !process.connected) return;
    waiting += 1;
    process.send?.({ hop }, () => {
      waiting -= 1;
    });
  };
  const obey = (message: unknown) => {
    if (typeof message !== 'object' || message === null || !('hops' in message)) return;
    source.setHopListener(message.hops === true ? tell : null);
  };
  process.on('message', obey);
  return {
    [Symbol.dispose]: () => {
      process.removeListener('message', obey);
      source.setHopListener(null);
    },
  };
}
