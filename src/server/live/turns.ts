/** Turns: work that takes the whole machine is done by so many at once, and the others wait. */
import { LiveError } from './live-error.ts';

export interface Turns {
  /**
   * Waits for a turn; give it back by disposing of it.
   *
   * @throws LiveError `busy` at once when too many wait; the signal's reason when it is aborted.
   */
  take(signal: AbortSignal): Promise<Disposable>;
}

export function createTurns(atOnce: number, maxWaiting: number): Turns {
  const waiting: (() => void)[] = [];
  let free = atOnce;
  const giveBack = () => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };

  return {
    async take(signal) {
      signal.throwIfAborted();
      if (free > 0) free -= 1;
      else if (waiting.length >= maxWaiting)
        throw new LiveError('busy', {}, { 'Retry-After': '5' });
      else await inLine(waiting, signal);
      const turn = new DisposableStack();
      turn.defer(giveBack);
      return turn;
    },
  };
}

function inLine(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const leave = () => {
    waiting.splice(waiting.indexOf(step), 1);
    reject(signal.reason as Error);
  };
  const step = () => {
    signal.removeEventListener('abort', leave);
    resolve(undefined);
  };
  waiting.push(step);
  signal.addEventListener('abort', leave, { once: true });
  return promise;
}
