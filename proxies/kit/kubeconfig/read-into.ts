/** Node's `onread` for sockets that cannot have it: those that TLS makes over another socket. */
import type { OnReadOpts, Socket } from 'node:net';

/** Hands what arrives to the callback through its buffer, piece by piece; `false` pauses the socket. */
export function readInto(socket: Socket, onread: OnReadOpts): void {
  const { buffer } = onread;
  const deliver = (chunk: Buffer) => {
    let rest = chunk;
    while (rest.length > 0) {
      const target = typeof buffer === 'function' ? buffer() : buffer;
      const piece = rest.subarray(0, target.byteLength);
      target.set(piece);
      rest = rest.subarray(piece.length);
      if (onread.callback(piece.length, target)) continue;
      socket.pause();
      if (rest.length > 0) socket.unshift(rest);
      return;
    }
  };
  socket.on('data', deliver);
}
