import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLive } from './live/live.ts';
import { startServer, type SiteServer } from './server.ts';
import { ask } from './testing/ask.ts';
import { fakeSite } from './testing/fake-site.ts';

let server: SiteServer;

beforeAll(async () => {
  const live = createLive({ backend: () => null });
  server = await startServer({ site: fakeSite, live, host: 'localhost', port: 0 });
  return () => live[Symbol.asyncDispose]();
});
afterAll(() => server[Symbol.asyncDispose]());

const get = (target: string, headers: Record<string, string> = {}) =>
  ask(server.port, target, { headers });

describe('the language at /', () => {
  test.each([
    ['it-IT,it;q=0.9', '/it/'],
    ['pt-PT', '/pt-br/'],
    ['en-US', '/en/'],
  ])('%s is sent to %s', async (language, location) => {
    const answer = await get('/', { 'Accept-Language': language });
    expect(answer).toMatchObject({ status: 302, headers: { location } });
    expect(answer.headers.vary).toContain('Accept-Language');
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test.each([{ 'Accept-Language': 'de' }, {}])(
    'the choice is shown where nothing matches: %o',
    async (headers) => {
      expect(await get('/', headers)).toMatchObject({ status: 200, body: 'choice' });
    },
  );

  test('the choice is shown to who comes from within', async () => {
    const language = { 'Accept-Language': 'it' };
    const host = `localhost:${server.port}`;
    const within = { ...language, Host: host, Referer: `http://${host}/en/` };
    expect(await get('/', within)).toMatchObject({ status: 200, body: 'choice' });
    const fetched = { ...language, 'Sec-Fetch-Site': 'same-origin' };
    expect(await get('/', fetched)).toMatchObject({ status: 200, body: 'choice' });
    const elsewhere = { ...language, Referer: 'https://example.com/' };
    expect(await get('/', elsewhere)).toMatchObject({ status: 302 });
  });

  test('no other address is negotiated', async () => {
    expect(await get('/en/', { 'Accept-Language': 'it' })).toMatchObject({
      status: 200,
      body: 'home',
    });
  });
});

describe('files', () => {
  test('a page is the smallest representation that the reader takes', async () => {
    const answer = await get('/en/', { 'Accept-Encoding': 'gzip, deflate, br, zstd' });
    expect(answer.headers).toMatchObject({ 'content-encoding': 'br', vary: 'Accept-Encoding' });
    expect(await get('/en/', { 'Accept-Encoding': 'gzip, br;q=0' })).toMatchObject({
      headers: { 'content-encoding': 'gzip' },
    });
    const plain = await get('/en/');
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.body).toBe('home');
  });

  test('what is known is not sent again', async () => {
    const { headers } = await get('/en/');
    const known = { 'If-None-Match': `"other", W/${String(headers.etag)}` };
    const again = await get('/en/', known);
    expect(again).toMatchObject({ status: 304, body: '', headers: { etag: headers.etag } });
    expect(await get('/en/', { 'If-None-Match': '"other"' })).toMatchObject({ status: 200 });
  });

  test('HEAD answers as GET does, without the body', async () => {
    const head = await ask(server.port, '/en/', { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, body: '', headers: { 'content-length': '4' } });
  });

  test('assets are kept forever, pages are asked for again', async () => {
    expect((await get('/_astro/site.abc123.css')).headers['cache-control']).toContain('immutable');
    expect((await get('/en/')).headers['cache-control']).toBe('no-cache');
  });

  test.each([
    ['/en', '/en/'],
    ['/en?q=1', '/en/?q=1'],
    ['/it/index.html', '/it/'],
  ])('%s moves to %s', async (target, location) => {
    expect(await get(target)).toMatchObject({ status: 301, headers: { location } });
  });

  test.each([
    '//example.com',
    '//example.com/',
    '/\\example.com',
    '/en/../../etc/passwd',
    '/%00',
    '/%',
  ])('%s is nothing, and leads nowhere', async (target) => {
    const answer = await get(target);
    expect(answer.status).toBe(404);
    expect(answer.headers.location).toBeUndefined();
  });

  test('only reading is allowed', async () => {
    const answer = await ask(server.port, '/en/', { method: 'POST', body: 'x' });
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });
});

describe('what is not there', () => {
  test.each([
    ['/it/manca/', 'en', 'non è qui'],
    ['/pt-br/falta', 'it', 'não está aqui'],
    ['/nowhere/', 'it', 'non è qui'],
    ['/nowhere/', 'de', 'not here'],
    ['/it/404/', 'en', 'non è qui'],
  ])('%s, read in %s, is answered 404 with “%s”', async (target, language, body) => {
    const answer = await get(target, { 'Accept-Language': language });
    expect(answer).toMatchObject({ status: 404, body });
    expect(answer.headers['content-security-policy']).toContain("script-src 'self'");
  });
});

describe('safety', () => {
  test('a page may run its own scripts and styles, and nothing inline', async () => {
    const policy = (await get('/en/')).headers['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-inline');
    expect((await get('/en/')).headers['x-content-type-options']).toBe('nosniff');
  });

  test('a name that is not ours is refused, everywhere', async () => {
    for (const target of ['/en/', '/live/status']) {
      expect(await get(target, { Host: 'evil.example' })).toMatchObject({ status: 403 });
      expect(await get(target, { Host: 'localhost.evil.example:4321' })).toMatchObject({
        status: 403,
      });
    }
    expect(await get('/en/', { Host: '[::1]:4321' })).toMatchObject({ status: 200 });
    expect(await get('/en/', { Host: 'LOCALHOST' })).toMatchObject({ status: 200 });
  });

  test('both loopback addresses are answered, and a port in use is refused', async () => {
    const response = await fetch(`http://[::1]:${server.port}/en/`);
    expect(response.status).toBe(200);
    const live = createLive({ backend: () => null });
    const second = startServer({ site: fakeSite, live, host: 'localhost', port: server.port });
    await expect(second).rejects.toThrow('EADDRINUSE');
  });
});
