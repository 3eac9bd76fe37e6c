/** Hops for the process that started this one, over its IPC channel, while it wants them. */
import type { Hop } from './hop.ts';

export interface HopSource {
  /** A promise where it takes a while: what begins once it is kept is told. */
  setHopListener(listener: ((hop: Hop) => void) | null): void | PromiseLike<void>;
}

/** More than these are not kept for whoever does not read them. */
const mostWaiting = 256;

/**
 * Obeys `{ "hops": true | false }` with `{ "hop": … }` messages, and answers `{ "hopsFollowed": … }` when it
 * does so. Nothing where there is no channel.
 */
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
    const isFollowed = message.hops === true;
    const answer = () => {
      if (process.connected) process.send?.({ hopsFollowed: isFollowed }, () => undefined);
    };
    void Promise.resolve(source.setHopListener(isFollowed ? tell : null)).then(answer, answer);
  };
  process.on('message', obey);
  return {
    [Symbol.dispose]: () => {
      process.removeListener('message', obey);
      void source.setHopListener(null);
    },
  };
}
