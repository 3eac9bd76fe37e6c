/** Ends a socket of Node's with a reset, where that can be done. */
import type { Socket } from 'node:net';

/**
 * What has ended its own direction is only closed: Node's `resetAndDestroy` would fail there and never close it
 * (https://docs.libuv.org/en/v1.x/tcp.html#c.uv_tcp_close_reset). What still connects is closed too: it would be
 * reset when it is connected, if ever.
 */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded || socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}
