/** Ends a client's connection so that its last answer arrives. */
import type { Socket } from 'node:net';

/** Time for the last answer to arrive before unread bytes reset the connection (Go's figure). */
const lingerMs = 500;

/** Sends the end; whoever goes on sending is not listened to, and cut off a little later. */
export function endAndLinger(socket: Socket): void {
  socket.end();
  socket.resume();
  afterLinger(socket, () => socket.destroy());
}

/** Acts in a while, unless the connection is closed by then. */
export function afterLinger(socket: Socket, act: () => void): void {
  const timer = setTimeout(act, lingerMs);
  socket.once('close', () => clearTimeout(timer));
}
