import { createHash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
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

  it('reads chunked bodies with their trailers', async () => {
    await using pod = await runPod(start);
    const { body } = await sendRaw(
      pod.address,
      'POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n' +
        '2\r\nab\r\n1\r\nc\r\n0\r\nX-Sum: 3\r\n\r\n',
    );
    expect(JSON.parse(body)).toMatchObject({
      body: { text: 'abc', sizeBytes: 3 },
      trailers: [['X-Sum', '3']],
    });
  });

  it('says 100 Continue to who waits for it', async () => {
    await using pod = await runPod(start);
    const { head, body } = await sendRaw(
      pod.address,
      'PUT / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na',
    );
    expect(head).toBe('HTTP/1.1 100 Continue');
    expect(body).toMatch(/^HTTP\/1.1 200 OK/);
  });

  it('counts a large body, and shows its start', async () => {
    await using pod = await runPod(start);
    const sent = 'x'.repeat(1_000_000);
    const answer = await fetch(`http://${pod.address}:8080/`, { method: 'POST', body: sent });
    expect(await answer.json()).toMatchObject({
      body: {
        sizeBytes: 1_000_000,
        sha256: createHash('sha256').update(sent).digest('hex'),
        text: sent.slice(0, 65_536),
        isTruncated: true,
      },
    });
  });

  it('sends a body back from /body', async () => {
    await using pod = await runPod(start);
    const body = 'é'.repeat(300_000);
    const answer = await fetch(`http://${pod.address}:8080/body`, { method: 'POST', body });
    expect(await answer.text()).toBe(body);
  });

  it('speaks to people in text', async () => {
    await using pod = await runPod(start);
    const answer = await fetch(`http://${pod.address}:8080/a?b`, {
      headers: { Accept: 'text/plain' },
    });
    const text = await answer.text();
    expect(text).toContain('Pod: default/web-0 on node-1\n');
    expect(text).toContain('\nGET /a?b HTTP/1.1\n');
  });

  it('logs each request, but not the probes that go well', async () => {
    await using pod = await runPod(start);
    const ask = (agent: string) =>
      sendRaw(
        pod.address,
        `GET /readyz HTTP/1.1\r\nHost: h\r\nConnection: close\r\nUser-Agent: ${agent}\r\n\r\n`,
      );
    await ask('kube-probe/1.33');
    await ask('curl/8');
    await vi.waitFor(() => expect(pod.logged).toHaveLength(2));
    expect(pod.logged[0]).toBe(`listening on http://${pod.address}:8080`);
    expect(pod.logged[1]).toMatch(/^127\.0\.0\.1 "GET \/readyz HTTP\/1\.1" 200 \d+ms "curl\/8"$/);
  });
});
