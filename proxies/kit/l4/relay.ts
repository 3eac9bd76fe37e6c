/** Joins two TCP connections: bytes both ways, each end and each reset passed on by itself. */
import type { Socket } from 'node:net';

/**
 * Both sockets must allow half-open connections; an end on one side is an end on the other, no more.
 * Neither is read faster than the other takes it. The second may still be connecting.
 */
export function relay(one: Socket, other: Socket): void {
  pass(one, other);
  pass(other, one);
}

// No `pipe`: it costs half as many listeners again, and a pipe does not know of resets.
function pass(from: Socket, to: Socket): void {
  from.setNoDelay(true);
  from.on('data', (chunk: Buffer) => {
    if (!to.write(chunk)) from.pause();
  });
  to.on('drain', () => from.resume());
  from.on('end', () => to.end());
  from.on('error', () => to.resetAndDestroy());
  from.on('close', () => {
    if (!to.writableEnded) to.destroy();
  });
  from.resume();
}
