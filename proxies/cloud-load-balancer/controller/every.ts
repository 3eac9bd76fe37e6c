/** Something that is done again and again, until it is disposed of. */
import type { Clock } from '../../kit/clock.ts';

export function every(periodMs: number, clock: Clock, call: () => void): Disposable {
  const next = (): Disposable =>
    clock.after(periodMs, () => {
      timer = next();
      call();
    });
  let timer = next();
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
}
