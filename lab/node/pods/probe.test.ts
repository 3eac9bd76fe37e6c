import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { tryProbe } from './probe.ts';

const container = { name: 'app', image: 'echo' };
const execute = async () => ({ code: 0, output: '' });

describe('a probe', () => {
  it.each(['8.8.8.8', '2001:4860:4860::8888', 'example.com', '127.0.0.2', '172.30.0.10'])(
    'goes nowhere but into the lab: not to %s',
    async (host) => {
      const context = { container, address: '127.244.9.9', execute };
      const why = /(network is unreachable|no such host)$/;
      expect(await tryProbe({ tcpSocket: { host, port: 9 } }, context)).toMatch(why);
      expect(await tryProbe({ httpGet: { host, port: 9 } }, context)).toMatch(why);
    },
  );

  it('ends a command that takes too long', async () => {
    let seen: AbortSignal | undefined;
    const endless = async (_: readonly string[], signal: AbortSignal) => {
      seen = signal;
      await once(signal, 'abort');
      return { code: 137, output: '' };
    };
    const context = { container, address: '127.244.9.9', execute: endless };
    const probe = { exec: { command: ['sleep', '99'] }, timeoutSeconds: 0.01 };
    expect(await tryProbe(probe, context)).toMatch(/timed out/);
    expect(seen?.aborted).toBe(true);
  });

  it('finds on localhost what the pod itself serves', async () => {
    const server = createServer((socket) => socket.end());
    server.listen(0, '127.244.9.9');
    await once(server, 'listening');
    // The border: it listens on TCP.
    const { port } = server.address() as AddressInfo;
    const context = { container, address: '127.244.9.9', execute };
    for (const host of ['localhost', '127.0.0.1', '::1', undefined])
      expect(await tryProbe({ tcpSocket: { ...(host && { host }), port } }, context)).toBeNull();
    server.close();
  });
});
