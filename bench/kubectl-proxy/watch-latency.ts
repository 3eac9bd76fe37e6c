/** How long a watch event takes through a proxy: from the upstream's write to the client's read. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { createServer } from 'node:tls';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A TLS upstream that answers every request with a watch, one event every few milliseconds. */
export async function startWatchUpstream(
  pki: string,
): Promise<{ readonly port: number } & AsyncDisposable> {
  const [cert, key] = await Promise.all(
    ['server.crt', 'server.key'].map((file) => readFile(join(pki, file))),
  );
  const server = createServer(
    { ...(cert && { cert }), ...(key && { key }), ALPNProtocols: ['http/1.1'] },
    (socket) => {
      socket.setNoDelay(true).on('error', () => socket.destroy());
      socket.once('data', () => {
        socket.write(
          'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
        );
        const timer = setInterval(() => {
          const event = `${JSON.stringify({ type: 'ADDED', at: performance.timeOrigin + performance.now() })}\n`;
          socket.write(`${event.length.toString(16)}\r\n${event}\r\n`);
        }, 5);
        socket.on('close', () => clearInterval(timer));
      });
    },
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}

/** Latencies of the events of `watches` watches at once, in milliseconds, sorted. */
export async function watchLatencies(
  proxyPort: number,
  watches: number,
  seconds: number,
): Promise<readonly number[]> {
  const latencies: number[] = [];
  const sockets = Array.from({ length: watches }, () => {
    const socket = connect(proxyPort, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      'GET /api/v1/pods?watch=1 HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: identity\r\n\r\n',
    );
    socket.on('data', (chunk) => {
      const now = performance.timeOrigin + performance.now();
      for (const [, at] of chunk.toString('latin1').matchAll(/"at":([\d.]+)\}/g)) {
        latencies.push(now - Number(at));
      }
    });
    return socket;
  });
  await sleep(seconds * 1000);
  for (const socket of sockets) socket.destroy();
  return latencies.sort((a, b) => a - b);
}
