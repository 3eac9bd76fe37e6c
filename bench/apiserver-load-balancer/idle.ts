/** Connections that have asked once, and are silent: what they weigh. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const atOnce = 100;
const patienceMs = 30_000;

/** Opens them; each has had an answer. */
export async function openIdle(host: string, port: number, count: number): Promise<Disposable> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const more = Math.min(atOnce, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: more }, () => openOne(host, port)))));
  }
  return {
    [Symbol.dispose]: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
  };
}

async function openOne(host: string, port: number): Promise<Socket> {
  const socket = connect(port, host);
  socket.write('GET /small HTTP/1.1\r\nHost: bench\r\n\r\n');
  await once(socket, 'data', { signal: AbortSignal.timeout(patienceMs) });
  socket.on('error', () => undefined);
  return socket;
}
