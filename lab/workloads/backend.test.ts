import { get } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { beforeAll, afterAll, describe, expect, it } from 'vitest';
import { start } from './backend.ts';
import { recordedPage } from './http/recorded-page.ts';
import { runPod, type Pod } from './testing/pod.ts';
import { sendRaw } from './testing/raw-http.ts';

const ports = [
  { containerPort: 8080, protocol: 'TCP' },
  { name: 'https', containerPort: 8443, protocol: 'TCP' },
] as const;

describe('backend', () => {
  let pod: Pod;
  beforeAll(async () => {
    pod = await runPod(start, {
      ports,
      args: ['--name=backend-a', '--port=8080', '--tls-port=8443'],
    });
  });
  afterAll(() => pod[Symbol.asyncDispose]());

  const ask = (path: string, method = 'GET') =>
    sendRaw(pod.address, `${method} ${path} HTTP/1.1\r\nHost: h:1\r\nConnection: close\r\n\r\n`);

  // What the recorded cases' backend answers on these paths (specification 2.13).
  it.each([
    ['/a/wsdeny', 'HTTP/1.1 403 ', 'X-Backend: backend-a', 'backend says no upgrade\n'],
    [
      '/html',
      'HTTP/1.1 200 OK',
      'Set-Cookie: a=b; Path=/; Domain=example.com',
      recordedPage('h:1'),
    ],
    ['/htmlnocharset', 'HTTP/1.1 200 OK', 'Content-Type: text/html\r\n', '<a href="/x">x</a>'],
    ['/htmlplain', 'HTTP/1.1 200 OK', 'Content-Type: text/plain\r\n', '<a href="/x">x</a>'],
    ['/xhtml', 'HTTP/1.1 200 OK', 'application/xhtml+xml', '<html><a href="/x">x</a></html>'],
    ['/htmlbr', 'HTTP/1.1 200 OK', 'Content-Encoding: br', 'notreallybr<a href="/x">'],
    [
      '/redir-307?loc=http%3A%2F%2FHOST/a?b',
      'HTTP/1.1 307 Redirect',
      'Location: http://h:1/a?b\r\n',
      'redirecting\n',
    ],
    ['/redir-200', 'HTTP/1.1 200 Redirect', 'Location: /target\r\n', 'redirecting\n'],
    [
      '/chunked',
      'HTTP/1.1 200 OK',
      'Trailer: X-Trail',
      '6\r\nline0\n\r\n6\r\nline1\n\r\n6\r\nline2\n\r\n0\r\nX-Trail: yes\r\n\r\n',
    ],
    ['/status-418', 'HTTP/1.1 418 Code418', 'X-Backend: backend-a', 'status 418 from backend\n'],
    ['/json', 'HTTP/1.1 200 OK', 'application/json', '{"a":1}'],
    ['/noctype', 'HTTP/1.1 200 OK', 'Content-Length: 19', '<html>sniff?</html>'],
    ['/empty', 'HTTP/1.1 204 No Content', '', ''],
    ['/cors', 'HTTP/1.1 200 OK', 'Date: Mon, 01 Jan 2024 00:00:00 GMT', 'cors\n'],
    ['/hop', 'HTTP/1.1 200 OK', 'Connection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5', 'hop\n'],
    ['/abort', '', '', ''],
    ['/abort-mid', 'HTTP/1.1 200 OK', 'Content-Length: 100', 'partial'],
    ['/garbage', 'NOT HTTP AT ALL', '', ''],
    ['/slow-20', 'HTTP/1.1 200 OK', '', 'slow\n'],
  ])('answers %s', async (path, status, header, body) => {
    const answer = await ask(path);
    expect(answer.head).toMatch(new RegExp(`^${status}`));
    expect(`${answer.head}\r\n`).toContain(header);
    expect(answer.body).toBe(body);
  });

  it('says a type only where there is one', async () => {
    expect((await ask('/noctype')).head).not.toMatch(/content-type/i);
    expect((await ask('/htmlnocharset')).head).not.toMatch(/charset/i);
  });

  it('compresses pages', async () => {
    expect(gunzipSync(await bytes('/htmlgz')).toString()).toBe(recordedPage('h:1'));
    expect(inflateRawSync(await bytes('/htmldeflate')).toString()).toBe('<a href="/x">x</a>');
  });

  it('echoes everything else raw', async () => {
    const { head, body } = await sendRaw(
      pod.address,
      'POST /x%20y?q HTTP/1.1\r\nhOST: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n',
    );
    expect(head).toContain('X-Backend: backend-a');
    expect(body).toBe(
      `[backend-a ${pod.address}:8080 tls=no]\nPOST /x%20y?q HTTP/1.1\r\nhOST: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
    );
  });

  it('answers HEAD with the length of what GET answers', async () => {
    const { head, body } = await ask('/json', 'HEAD');
    expect(head).toContain('Content-Length: 7');
    expect(body).toBe('');
  });

  it('takes any upgrade at /ws, and echoes its bytes', async () => {
    const { head, body } = await sendRaw(
      pod.address,
      'POST /a/ws HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, upgrade\r\nUpgrade: foo/2\r\n\r\nhi\x00',
      { ends: true },
    );
    expect(head).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: foo/2\r\nConnection: Upgrade\r\nX-Backend: backend-a',
    );
    expect(body).toBe('HELLO-FROM-BACKEND\nECHO:hi\x00');
  });

  it('ignores an upgrade elsewhere', async () => {
    const { head } = await sendRaw(
      pod.address,
      'GET /status-404 HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n',
    );
    expect(head).toMatch(/^HTTP\/1\.1 404 Code404/);
  });

  it('accepts a WebSocket with its first subprotocol', async () => {
    const { head } = await sendRaw(
      pod.address,
      'GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: b, a\r\n\r\n',
      { ends: true },
    );
    expect(head).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    expect(head).toContain('Sec-WebSocket-Protocol: b');
  });

  const bytes = (path: string) =>
    new Promise<Buffer>((resolve, reject) => {
      const options = { host: pod.address, port: 8080, path, headers: { Host: 'h:1' } };
      get(options, (answer) => resolve(buffer(answer))).on('error', reject);
    });
});
