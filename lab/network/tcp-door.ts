/** A TCP door's inner side: every connection to the listener from the host is dialled on in here. */
import { connect, type Server, type Socket } from 'node:net';
import { relay } from '../../proxies/kit/l4/relay.ts';
import { parseEndpoint } from './endpoint.ts';

/**
 * Serves the door until it is disposed; then its connections are closed too.
 *
 * @param note told which connection was dialled on for which
 */
export function serveTcpDoor(
  listener: Server,
  target: string,
  note: (outer: Socket, inner: Socket) => void,
): Disposable {
  const { host, port } = parseEndpoint(target);
  const sockets = new Set<Socket>();
  const hold = (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  // The listener was made on the host: here it takes these from its own properties.
  Object.assign(listener, { allowHalfOpen: true, pauseOnConnect: true });
  listener.on('connection', (outer) => {
    const inner = connect({ host, port, allowHalfOpen: true });
    hold(outer);
    hold(inner);
    inner.once('connect', () => note(outer, inner));
    relay(outer, inner);
  });
  return {
    [Symbol.dispose]: () => {
      listener.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
