/** Joins two TCP connections: bytes both ways, half-closes and back-pressure included. */
import type { Socket } from 'node:net';

/** Both sockets must allow half-open connections; an end on one side is an end on the other, no more. */
export function splice(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.setNoDelay(true);
    from.on('error', () => to.resetAndDestroy());
    from.on('close', () => {
      if (!to.writableEnded) to.destroy();
    });
    from.pipe(to);
  }
}
