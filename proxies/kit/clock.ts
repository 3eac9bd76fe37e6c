/** Time as proxies measure it: it only goes forward, however the machine's clock is set. */

export interface Clock {
  /** Milliseconds since the process started. */
  now(): number;
  /** What the machine's clock shows: to be told, never to be measured with. In milliseconds, as `Date.now()`. */
  wall(): number;
  /** Calls once, unless it is disposed of before. */
  after(delayMs: number, call: () => void): Disposable;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after: (delayMs, call) => {
    const timer = setTimeout(call, delayMs);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};
