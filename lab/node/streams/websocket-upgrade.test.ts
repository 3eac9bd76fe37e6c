import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { acceptWebSocketCommand } from './websocket-remote-command.ts';
import type { RemoteCommand } from './remote-command.ts';

afterEach(() => void vi.useRealTimers());

it('notices that a client has gone though nobody reads its input', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  await using stack = new AsyncDisposableStack();
  const server = stack.adopt(createServer(), (one) => void one.close());
  const accepted = Promise.withResolvers<RemoteCommand>();
  server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    const wanted = { stdin: true, stdout: true, stderr: false, tty: false };
    accepted.resolve(acceptWebSocketCommand(request, socket, head, wanted));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}/`, 'v5.channel.k8s.io');
  client.on('error', () => undefined);
  const { streams } = await accepted.promise;
  const input = Buffer.alloc(512 * 1024);
  for (let count = 0; count < 64; count += 1) client.send(input);
  await once(streams.stdin, 'readable');
  client.terminate();
  while (!streams.signal.aborted) {
    vi.advanceTimersByTime(5000);
    await sleep(5);
  }
  expect(client.readyState).toBe(client.CLOSED);
});
