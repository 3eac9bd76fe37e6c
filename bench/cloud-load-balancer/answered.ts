/** The first byte of an answer from an address, however often it must be asked for. */
import { connect, type Socket } from 'node:net';

/** A packet that is lost comes again after a second: another connection is sooner. */
const pauseMs = 5;
const patienceMs = 30_000;

/** Resolves to when it came. @throws Error when nobody answers */
export async function untilAnswered(address: string, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const sockets = new Set<Socket>();
  const ask = () => {
    const socket = connect({ host: address, port });
    sockets.add(socket);
    socket.on('connect', () => socket.write('whoami\n'));
    socket.once('data', () => resolve(performance.now()));
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  ask();
  const asking = setInterval(ask, pauseMs);
  const late = setTimeout(() => reject(new Error(`${address} does not answer`)), patienceMs);
  try {
    return await promise;
  } finally {
    clearInterval(asking);
    clearTimeout(late);
    for (const socket of sockets) socket.destroy();
  }
}
