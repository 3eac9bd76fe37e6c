import { describe, expect, it, vi } from 'vitest';
import { start as startBig } from './big.ts';
import { start as startCrash } from './crash.ts';
import { start as startEvents } from './events.ts';
import { start as startExit } from './exit.ts';
import { start as startFailing } from './failing.ts';
import { start as startFlaky } from './flaky.ts';
import { start as startHtml } from './html.ts';
import { start as startRedirects } from './redirects.ts';
import { start as startSlow } from './slow.ts';
import { linkAttributes } from '../../proxies/apiserver-proxy/rewrite/link-attributes.ts';
import { runPod } from './testing/pod.ts';
import { sendRaw } from './testing/raw-http.ts';

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: h:1\r\nConnection: close\r\n\r\n`;

describe('redirects', () => {
  it.each([
    ['/a/path', 'HTTP/1.1 302 Found', '/target?from=path#there'],
    ['/relative?code=308', 'HTTP/1.1 308 Permanent Redirect', 'target'],
    ['/absolute', 'HTTP/1.1 302 Found', 'http://h:1/target'],
    ['/scheme-relative', 'HTTP/1.1 302 Found', '//h:1/target'],
    ['/other-host', 'HTTP/1.1 302 Found', 'http://other.example/target'],
    ['/loop', 'HTTP/1.1 302 Found', 'loop'],
    ['/chain-3', 'HTTP/1.1 302 Found', 'chain-2'],
    ['/chain-1', 'HTTP/1.1 302 Found', 'target'],
  ])('sends %s with %s to %s', async (path, status, location) => {
    await using pod = await runPod(startRedirects);
    const { head } = await sendRaw(pod.address, get(path));
    expect(head).toContain(`${status}\r\nLocation: ${location}\r\n`);
  });
});

describe('failing', () => {
  it.each(['/reset', '/reset-mid'])('resets the connection on %s', async (path) => {
    await using pod = await runPod(startFailing);
    await expect(sendRaw(pod.address, get(path))).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it.each([
    ['/surplus', 'smuggled'],
    ['/two-lengths', 'partial'],
    ['/bad-chunk', 'zz\r\nok\r\n0\r\n\r\n'],
    ['/no-length', 'until the end\n'],
  ])('sends what it should not on %s', async (path, end) => {
    await using pod = await runPod(startFailing);
    expect((await sendRaw(pod.address, get(path))).body).toMatch(new RegExp(`${end}$`));
  });

  it('has headers as large as asked', async () => {
    await using pod = await runPod(startFailing);
    const { head } = await sendRaw(pod.address, get('/huge-100'));
    expect(head.length).toBeGreaterThan(100 * 1024);
  });

  it('refuses before it has read the body', async () => {
    await using pod = await runPod(startFailing);
    const head = 'POST /early HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\nx';
    expect((await sendRaw(pod.address, head)).head).toMatch(/^HTTP\/1.1 413 /);
  });
});

describe('slow', () => {
  it('ends an answer that is under way before it terminates', async () => {
    await using pod = await runPod(startSlow);
    const answer = fetch(`http://${pod.address}:8080/drip-50?count=4`);
    const body = (await answer).text();
    pod.workload.terminate();
    expect(await body).toBe('line0\nline1\nline2\nline3\n');
    expect(await pod.workload.exited).toBe(0);
  });

  it('is killed in the middle of an answer without an end', async () => {
    await using pod = await runPod(startSlow);
    const body = (await fetch(`http://${pod.address}:8080/stall`)).text();
    body.catch(() => undefined);
    pod.workload.terminate();
    await pod.workload[Symbol.asyncDispose]();
    await expect(body).rejects.toThrow();
    expect(await pod.workload.exited).toBe(137);
  });
});

describe('events', () => {
  it('go on after the last id that the client has seen', async () => {
    await using pod = await runPod(startEvents);
    const url = `http://${pod.address}:8080/?interval=10&count=2`;
    const answer = await fetch(url, { headers: { 'Last-Event-ID': '41' } });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    const lines = (await answer.text()).split('\n');
    expect(lines.filter((line) => line.startsWith('id:'))).toEqual(['id: 42', 'id: 43']);
  });

  it('end when the pod is told to', async () => {
    await using pod = await runPod(startEvents);
    const answer = await fetch(`http://${pod.address}:8080/`);
    pod.workload.terminate();
    expect(await answer.text()).toContain('id: 1\nevent: tick\n');
    expect(await pod.workload.exited).toBe(0);
  });
});

describe('big', () => {
  it('makes as many bytes as are asked for', async () => {
    await using pod = await runPod(startBig);
    const answer = await fetch(`http://${pod.address}:8080/?bytes=10000001`);
    expect((await answer.arrayBuffer()).byteLength).toBe(10_000_001);
  });

  it('announces a gigabyte', async () => {
    await using pod = await runPod(startBig);
    const { headers } = await fetch(`http://${pod.address}:8080/`, { method: 'HEAD' });
    expect(headers.get('content-length')).toBe('1073741824');
  });
});

describe('html', () => {
  it('has every attribute that holds a link', async () => {
    await using pod = await runPod(startHtml);
    const page = await (await fetch(`http://${pod.address}:8080/links`)).text();
    for (const [element, attributes] of Object.entries(linkAttributes)) {
      for (const attribute of attributes) {
        expect(page).toMatch(
          new RegExp(`<${element} [^>]*${attribute}="/${element}/${attribute}"`),
        );
      }
    }
    expect(page).toContain(`href="//${pod.address}:8080/own"`);
  });

  it('writes what it is asked for as text', async () => {
    await using pod = await runPod(startHtml);
    const { body } = await sendRaw(pod.address, get('/a"b&c'));
    expect(body).toContain('/a&#34;b&#38;c');
  });
});

describe('flaky', () => {
  it('is ready or not, as it is told', async () => {
    await using pod = await runPod(startFlaky, { args: ['--ready=false'] });
    const ask = async (path: string) => (await fetch(`http://${pod.address}:8080${path}`)).status;
    expect(await ask('/readyz')).toBe(503);
    expect(await ask('/toggle')).toBe(200);
    expect(await ask('/readyz')).toBe(200);
    expect(await ask('/toggle?ready=false')).toBe(200);
    expect(await ask('/readyz')).toBe(503);
  });
});

describe('crash', () => {
  it('ends in the middle of an answer, with the code that is asked for', async () => {
    await using pod = await runPod(startCrash);
    await expect(fetch(`http://${pod.address}:8080/crash?code=139`)).rejects.toThrow();
    expect(await pod.workload.exited).toBe(139);
    await vi.waitFor(() => expect(pod.logged.at(-1)).toContain('aborted'));
  });

  it('ends by itself after a time', async () => {
    await using pod = await runPod(startCrash, { args: ['--after-seconds=0.01', '--code=3'] });
    expect(await pod.workload.exited).toBe(3);
  });

  it.each(['abc', '', '-1', '1.5', '256'])(
    'refuses %j as an exit code, and lives',
    async (code) => {
      await using pod = await runPod(startCrash);
      const answer = await fetch(`http://${pod.address}:8080/crash?code=${code}`);
      const message = `invalid exit code "${code}": a whole number from 0 to 255 is wanted`;
      expect([answer.status, await answer.text()]).toEqual([400, `${message}\n`]);
      expect(pod.logged).toContain(message);
      expect((await fetch(`http://${pod.address}:8080/`)).status).toBe(200);
    },
  );

  it.each([startCrash, startFlaky, startExit])(
    'takes no time that no timer holds',
    async (start) => {
      const name = start === startFlaky ? 'toggle-seconds' : 'after-seconds';
      await expect(runPod(start, { args: [`--${name}=2147484`] })).rejects.toThrow(
        `invalid argument "2147484" for "--${name}": at most 2147483 seconds are possible`,
      );
    },
  );

  it('refuses to start with an exit code that is none', async () => {
    for (const start of [startCrash, startExit]) {
      await expect(runPod(start, { args: ['--after-seconds=0.01', '--code=300'] })).rejects.toThrow(
        'invalid argument "300" for "--code": a whole number from 0 to 255 is wanted',
      );
    }
  });
});
