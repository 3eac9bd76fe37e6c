/**
 * Has the kernel forget flows behind the changes that ask for it. It walks through all that it tracks for it, whoever
 * asks: so what comes within a short while is looked for at once, and a long walk is followed by a longer rest.
 */
import type { Clock } from '../../kit/clock.ts';
import { forgetFlows, type Gone } from './stale-flows.ts';

export interface Forgetting extends AsyncDisposable {
  request(gone: readonly Gone[]): void;
}

const pauseMs = 50;
const restPerWalk = 10;

export function startForgetting(clock: Clock, log: (line: string) => void): Forgetting {
  let wanted: Gone[] = [];
  let waiting: Disposable | null = null;
  let running: Promise<void> | null = null;
  let isDisposed = false;

  const wait = (delayMs: number) => {
    waiting = clock.after(delayMs, () => {
      waiting = null;
      running = walk();
    });
  };
  const walk = async (): Promise<void> => {
    const started = clock.now();
    const all = wanted;
    wanted = [];
    await forgetFlows(all).catch((error: unknown) => log(`nftables: flows: ${String(error)}`));
    running = null;
    if (wanted.length > 0 && !isDisposed) {
      wait(Math.max(pauseMs, restPerWalk * (clock.now() - started)));
    }
  };
  return {
    request: (gone) => {
      wanted.push(...gone);
      if (wanted.length > 0 && waiting === null && running === null) wait(pauseMs);
    },
    [Symbol.asyncDispose]: async () => {
      isDisposed = true;
      waiting?.[Symbol.dispose]();
      await running;
      if (wanted.length > 0) await walk();
    },
  };
}
