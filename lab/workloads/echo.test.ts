import { describe, expect, it } from 'vitest';
import { start } from './echo.ts';
import { runPod } from './testing/pod.ts';
import { sendRaw } from './testing/raw-http.ts';

describe('echo', () => {
  it('shows the request as it came, and who stood at both ends', async () => {
    await using pod = await runPod(start);
    const head = 'X-B: 2\r\nx-b: 1\r\nConnection: close\r\nContent-Length: 3\r\n';
    const { body } = await sendRaw(
      pod.address,
      `PURGE /a//b%2f/../?x=1&x HTTP/1.1\r\nHost: h\r\n${head}\r\n\xff\xfe\x00`,
    );
    expect(JSON.parse(body)).toMatchObject({
      method: 'PURGE',
      target: '/a//b%2f/../?x=1&x',
      httpVersion: '1.1',
      headers: [
        ['Host', 'h'],
        ['X-B', '2'],
        ['x-b', '1'],
        ['Connection', 'close'],
        ['Content-Length', '3'],
      ],
      body: { sizeBytes: 3, base64: '//4A', isTruncated: false },
      client: { address: '127.0.0.1' },
      server: { address: pod.address, port: 8080 },
      tls: null,
      pod: { name: 'web-0', namespace: 'default', node: 'node-1' },
    });
  });
});
