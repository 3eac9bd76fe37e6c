import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, vi } from 'vitest';
import { start as startLines } from './lines.ts';
import { start as startTcpEcho } from './tcp-echo.ts';
import { runPod } from './testing/pod.ts';
import { start as startUdpEcho } from './udp-echo.ts';

const udp = [{ name: 'udp', containerPort: 7007, protocol: 'UDP' }] as const;

describe('tcp-echo', () => {
  it('sends back every byte, and ends after its client', async () => {
    await using pod = await runPod(startTcpEcho);
    const socket = connect({ port: 8080, host: pod.address });
    const sent = 'x'.repeat(2_000_000);
    socket.end(sent);
    expect(await text(socket)).toBe(sent);
  });

  it('tells who talks to whom when it is asked', async () => {
    await using pod = await runPod(startTcpEcho);
    const socket = connect({ port: 8080, host: pod.address });
    await once(socket, 'connect');
    const me = `pod=default/web-0 node=node-1 self=${pod.address}:8080 peer=127.0.0.1:${socket.localPort}`;
    socket.end('whoami\n');
    expect(await text(socket)).toBe(`${me}\n`);
  });

  it('ends its connections when it is told to end', async () => {
    await using pod = await runPod(startTcpEcho);
    const socket = connect({ port: 8080, host: pod.address });
    socket.write('a');
    await once(socket, 'data');
    pod.workload.terminate();
    await once(socket.resume(), 'close');
    expect(await pod.workload.exited).toBe(0);
  });
});

describe('lines', () => {
  it('tell who talks to whom', async () => {
    await using pod = await runPod(startLines);
    const socket = connect({ port: 8080, host: pod.address });
    await once(socket, 'connect');
    const me = `pod=default/web-0 node=node-1 self=${pod.address}:8080 peer=127.0.0.1:${socket.localPort}`;
    socket.write('whoami\necho a b\nwait 5\nconstructor\nquit\n');
    expect(await text(socket)).toBe(
      `hello ${me}\n${me}\na b\nwaited\nunknown command: constructor\nbye\n`,
    );
  });

  it('go on when a client resets its connection', async () => {
    await using pod = await runPod(startLines);
    const socket = connect({ port: 8080, host: pod.address });
    await once(socket, 'data');
    socket.write('echo a\n');
    await once(socket, 'data');
    socket.resetAndDestroy();
    await vi.waitFor(() => expect(pod.logged.join()).toContain('closed:'));
    const next = connect({ port: 8080, host: pod.address });
    next.write('quit\n');
    expect(await text(next)).toContain('bye');
  });

  it('reset a connection that asks for it', async () => {
    await using pod = await runPod(startLines);
    const socket = connect({ port: 8080, host: pod.address });
    socket.resume().write('reset\n');
    const [error] = await once(socket, 'error').catch((cause: unknown) => [cause]);
    expect(error).toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('udp-echo', () => {
  it('answers from the address that was asked, and tells the sender', async () => {
    await using pod = await runPod(startUdpEcho, { ports: udp });
    const socket = createSocket('udp4');
    const ask = async (datagram: string) => {
      socket.send(datagram, 7007, pod.address);
      const [answer, from] = (await once(socket, 'message')) as [Buffer, { address: string }];
      expect(from.address).toBe(pod.address);
      return answer.toString();
    };
    expect(await ask('hello')).toBe('hello');
    expect(await ask('whoami')).toBe(
      `pod=default/web-0 node=node-1 self=${pod.address}:7007 peer=127.0.0.1:${socket.address().port}\n`,
    );
    socket.close();
  });
});
