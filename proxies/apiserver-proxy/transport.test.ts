/**
 * Upstream's TestProxyTransport, by the names of its rows (specification 2.7), through the public door: the
 * apiserver knows neither scheme nor host of its own, so links keep to those of the page.
 */
import { describe, expect, it } from 'vitest';
import { ok, type ScriptedRequest } from '../kit/testing/scripted-server.ts';
import { request, startWorld } from './testing/start-world.ts';

const html = (body: string, type = 'text/html') =>
  `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const pre = (...links: string[]) => html(`<pre>${links.join('')}</pre>`);
const moved = (location: string) =>
  `HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`;

const log = '/logs/log.log';
const relative = '<a href="kubelet.log">kubelet.log</a>';
const google = '<a href="/google.log">google.log</a>';
const script = '%00<script>alert(1)</script>';
const escaped = '%00%3Cscript%3Ealert%281%29%3C/script%3E';

interface Row {
  readonly name: string;
  readonly path?: string;
  /** `{source}` is host and port of the target. */
  readonly answer: string;
  /** `{prefix}` is the way through the proxy. */
  readonly answered?: string;
  readonly forwardedUri?: string;
  readonly host?: string;
}

const rows: readonly Row[] = [
  {
    name: 'normal',
    answer: pre(relative, google),
    answered: `${relative}<a href="{prefix}/google.log">`,
  },
  {
    name: 'full document',
    answer: html(`<html><header></header><body><pre>${relative}${google}</pre></body></html>`),
    answered: `<html><header></header><body><pre>${relative}<a href="{prefix}/google.log">`,
  },
  {
    name: 'trailing slash',
    answer: pre(google.replace('/google.log', '/google.log/')),
    answered: '<a href="{prefix}/google.log/">',
  },
  {
    name: 'content-type charset',
    answer: html(google, 'text/html; charset=utf-8'),
    answered: '<a href="{prefix}/google.log">',
  },
  { name: 'content-type passthrough', answer: html(google, 'text/plain'), answered: google },
  {
    name: 'subdir',
    path: '/whatever/apt/somelog.log',
    answer: pre(relative, google),
    answered: `${relative}<a href="{prefix}/google.log">`,
    forwardedUri: '{prefix}/whatever/apt/somelog.log',
  },
  {
    name: 'image',
    path: '/',
    answer: pre('<img src="kubernetes.jpg"/><img src="/kubernetes_abs.jpg"/>'),
    answered: '<img src="kubernetes.jpg"/><img src="{prefix}/kubernetes_abs.jpg"/>',
    forwardedUri: '{prefix}/',
  },
  {
    name: 'abs',
    answer: html('<script src="http://google.com/kubernetes.js"/>'),
    answered: '<script src="http://google.com/kubernetes.js"/>',
  },
  {
    name: 'abs but same host',
    answer: html('<script src="http://{source}/kubernetes.js"/>'),
    answered: '<script src="{prefix}/kubernetes.js"/>',
  },
  {
    name: 'redirection without scheme and host in the transport',
    host: '10.0.0.1:8001',
    answer: moved('http://10.0.0.1:8001/redirected/target/'),
    answered: 'Location: http://10.0.0.1:8001{prefix}/redirected/target/\r\n',
  },
  ...[
    {
      name: 'redirection relative',
      from: '/redirected/target/',
      to: '{prefix}/redirected/target/',
    },
    {
      name: 'redirection absolute same host',
      from: 'http://{source}/redirected/target/',
      to: '{prefix}/redirected/target/',
    },
    {
      name: 'redirection absolute other host',
      from: 'http://example.com/redirected/target/',
      to: 'http://example.com/redirected/target/',
    },
  ].flatMap(({ name, from, to }): Row[] => [
    { name, answer: moved(from), answered: `Location: ${to}\r\n` },
    {
      name: `${name}, escaped`,
      answer: moved(`${from}${script}/`),
      answered: `Location: ${to}${escaped}/\r\n`,
    },
  ]),
  {
    name: 'source contains the redirect already',
    answer: pre('<a href="http://{source}{prefix}/google.log">google.log</a>'),
    answered: '<a href="{prefix}/google.log">',
  },
  { name: 'no host, no scheme in transport', answer: html('') },
  {
    name: 'forwarded URI must be escaped',
    path: `${log}${script}`,
    answer: html('<html></html>'),
    forwardedUri: `{prefix}${log}${escaped}`,
  },
];

describe('TestProxyTransport', () => {
  it.each(rows)('$name', async (row) => {
    const { path = log, host = 'proxy.example', forwardedUri = `{prefix}${path}` } = row;
    const fill = (text: string) =>
      text
        .replaceAll('{prefix}', world.prefix)
        .replaceAll('{source}', `127.0.0.1:${world.target.port}`);
    const answer = ({ socket }: ScriptedRequest) => {
      const [head = '', body = ''] = fill(row.answer).split('\r\n\r\n');
      socket.end(`${head.replace(/Content-Length: [1-9]\d*/, 'Connection: close')}\r\n\r\n${body}`);
    };
    await using world = await startWorld(answer);
    const client = await world.connect();
    const asked = request('GET', world.prefix + encodeURI(path).replace('%2500', '%00'));
    client.write(
      asked.replace('proxy.example', host).replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'),
    );
    await client.ended();
    expect(client.text).toContain(fill(row.answered ?? 'HTTP/1.1 200 OK'));
    const head = world.target.requests[0]?.head ?? '';
    expect(head).toContain(`\r\nX-Forwarded-Uri: ${fill(forwardedUri)}\r\n`);
    expect(head).not.toMatch(/X-Forwarded-(?:Host|Proto)/);
  });

  it('leaves a host and a scheme that the client names, and no path', async () => {
    await using world = await startWorld(({ socket }) => socket.write(ok('x')));
    const client = await world.connect();
    const named = ['X-Forwarded-Host: a.example', 'X-Forwarded-Proto: https'];
    client.write(request('GET', `${world.prefix}/a`, ...named, 'X-Forwarded-Uri: /elsewhere'));
    await client.reads(/x$/);
    const head = world.target.requests[0]?.head ?? '';
    for (const line of named) expect(head).toContain(`\r\n${line}\r\n`);
    expect(head.match(/X-Forwarded-Uri: .*/g)).toEqual([`X-Forwarded-Uri: ${world.prefix}/a`]);
  });
});
