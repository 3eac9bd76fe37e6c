/** For tests: time that passes when it is told to. */
import type { Clock } from '../clock.ts';

export interface FakeClock extends Clock {
  /** Lets time pass, and calls what is due in its order; what that starts at once gets its turn, too. */
  pass(ms: number): Promise<void>;
  /** Sets the machine's clock, without any time passing. */
  setWall(ms: number): void;
  /** How many calls are still to come. */
  readonly waiting: number;
}

interface Timer {
  readonly at: number;
  readonly call: () => void;
}

export function createFakeClock(startedAt = Date.UTC(2026, 10, 22, 2, 36, 14)): FakeClock {
  let now = 0;
  let wallAhead = startedAt;
  const timers = new Set<Timer>();
  const next = (until: number) =>
    [...timers].filter(({ at }) => at <= until).sort((one, other) => one.at - other.at)[0];
  return {
    now: () => now,
    wall: () => wallAhead + now,
    setWall: (ms) => {
      wallAhead = ms - now;
    },
    after: (delayMs, call) => {
      const timer = { at: now + delayMs, call };
      timers.add(timer);
      return { [Symbol.dispose]: () => timers.delete(timer) };
    },
    pass: async (ms) => {
      const until = now + ms;
      await settle();
      for (let timer = next(until); timer; timer = next(until)) {
        timers.delete(timer);
        now = timer.at;
        timer.call();
        await settle();
      }
      now = until;
    },
    get waiting() {
      return timers.size;
    },
  };
}

/** Everything that does not wait for the outside has had its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
