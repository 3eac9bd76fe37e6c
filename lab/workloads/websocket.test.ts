import { once } from 'node:events';
import { WebSocket } from 'ws';
import { describe, expect, it } from 'vitest';
import { runPod } from './testing/pod.ts';
import { sendRaw } from './testing/raw-http.ts';
import { start } from './websocket.ts';

describe('websocket', () => {
  it('echoes text as text and binary as binary', async () => {
    await using pod = await runPod(start);
    const socket = await open(pod.address, '/');
    socket.send('hello');
    expect(await once(socket, 'message')).toEqual([Buffer.from('hello'), false]);
    socket.send(Buffer.from([0, 255]));
    expect(await once(socket, 'message')).toEqual([Buffer.from([0, 255]), true]);
  });

  it('takes the first subprotocol', async () => {
    await using pod = await runPod(start);
    const socket = await open(pod.address, '/', ['b', 'a']);
    expect(socket.protocol).toBe('b');
  });

  it('closes with the code and the reason that are asked for', async () => {
    await using pod = await runPod(start);
    const socket = await open(pod.address, '/close-4001?reason=enough');
    socket.send('x');
    expect(await once(socket, 'close')).toEqual([4001, Buffer.from('enough')]);
  });

  it.each(['/close-5', '/close-99999', `/close-4001?reason=${'x'.repeat(200)}`, '//[/close-4001'])(
    'closes as it can for what cannot be asked for: %s',
    async (path) => {
      await using pod = await runPod(start);
      const socket = await open(pod.address, path);
      socket.send('x');
      const [code] = (await once(socket, 'close')) as [number];
      expect([1000, 4001]).toContain(code);
    },
  );

  it('cuts the connection on /drop', async () => {
    await using pod = await runPod(start);
    const socket = await open(pod.address, '/drop');
    socket.send('x');
    expect(await once(socket, 'close')).toEqual([1006, Buffer.alloc(0)]);
  });

  it('pings, and answers pings', async () => {
    await using pod = await runPod(start);
    const socket = await open(pod.address, '/ping-10');
    await once(socket, 'ping');
    socket.ping('p');
    expect(await once(socket, 'pong')).toEqual([Buffer.from('p')]);
  });

  it('says that it goes away when it is told to end', async () => {
    await using pod = await runPod(start);
    const socket = await open(pod.address, '/');
    pod.workload.terminate();
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1001);
    expect(await pod.workload.exited).toBe(0);
  });

  it('echoes any other protocol raw', async () => {
    await using pod = await runPod(start);
    const request = 'GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: chat/9\r\n\r\nhi';
    const { head, body } = await sendRaw(pod.address, request, { ends: true });
    expect(head).toContain('101 Switching Protocols\r\nUpgrade: chat/9');
    expect(body).toBe('HELLO-FROM-BACKEND\nECHO:hi');
  });

  it('asks for an upgrade where there is none', async () => {
    await using pod = await runPod(start);
    const { head } = await sendRaw(
      pod.address,
      'GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n',
    );
    expect(head).toMatch(/^HTTP\/1.1 426 Upgrade Required\r\nUpgrade: websocket/);
  });
});

async function open(address: string, path: string, protocols?: string[]): Promise<WebSocket> {
  const socket = new WebSocket(`ws://${address}:8080${path}`, protocols);
  await once(socket, 'open');
  return socket;
}
