import { mkdir, mkdtemp, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveFile, type StaticRequest, type StaticResponse } from './static-files.ts';

let directory: string;
let root: string;
const modified = new Date('2024-01-02T03:04:05Z');
const date = 'Tue, 02 Jan 2024 03:04:05 GMT';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hop-www-'));
  root = join(directory, 'www');
  await mkdir(join(root, 'sub/a:b'), { recursive: true });
  await mkdir(join(root, 'pages'));
  await mkdir(join(directory, 'outside'));
  await writeFile(join(directory, 'secret.txt'), 'secret\n');
  await writeFile(join(directory, 'www-secret.txt'), 'secret\n');
  await writeFile(join(directory, 'outside/x.txt'), 'secret\n');
  await writeFile(join(root, 'test.txt'), '0123456789abcdefghij\n');
  await writeFile(join(root, 'empty.txt'), '');
  await writeFile(join(root, 'pages/index.html'), '<html>page</html>\n');
  await writeFile(join(root, '.css'), 'body{}\n');
  await writeFile(join(root, 'data.XML'), '<a/>\n');
  await writeFile(join(root, 'bytes.unknown'), Buffer.from([0, 1, 2]));
  await writeFile(join(root, 'big.txt'), 'x'.repeat(200_000));
  await symlink('../secret.txt', join(root, 'link.txt'));
  await symlink('../www-secret.txt', join(root, 'sibling.txt'));
  await symlink('../outside', join(root, 'away'));
  await symlink('test.txt', join(root, 'inside.md'));
  await symlink('loop', join(root, 'loop'));
  for (const name of ['test.txt', 'pages', 'pages/index.html', '.'])
    await utimes(join(root, name), modified, modified);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

async function* piecesOf({ body }: StaticResponse): AsyncIterable<Buffer> {
  if (Buffer.isBuffer(body)) yield body;
  else if (body) yield* body;
}

async function get(path: string, request: Partial<StaticRequest> = {}) {
  const response = await serveFile(root, path, { method: 'GET', headers: [], ...request });
  const chunks: Buffer[] = [];
  for await (const chunk of piecesOf(response)) chunks.push(chunk);
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.concat(chunks).toString('latin1'),
  };
}

describe('files', () => {
  it('come with their length, date and type', async () => {
    expect(await get('/test.txt')).toEqual({
      status: 200,
      headers: {
        'Accept-Ranges': 'bytes',
        'Content-Length': '21',
        'Content-Type': 'text/plain; charset=utf-8',
        'Last-Modified': date,
      },
      body: '0123456789abcdefghij\n',
    });
  });

  it.each([
    ['/.css', 'text/css; charset=utf-8'],
    ['/data.XML', 'text/xml; charset=utf-8'],
    ['/bytes.unknown', 'application/octet-stream'],
    ['/inside.md', 'text/markdown; charset=utf-8'],
  ])('%s is %s', async (path, type) => {
    expect((await get(path)).headers).toMatchObject({ 'Content-Type': type });
  });

  it('are served for any method, and without a body for HEAD', async () => {
    expect((await get('/test.txt', { method: 'DELETE' })).body).toHaveLength(21);
    const { headers, body } = await get('/test.txt', { method: 'HEAD' });
    expect([headers['Content-Length'], body]).toEqual(['21', '']);
  });

  it('end early when they shrink, rather than wait', async () => {
    const response = await serveFile(root, '/big.txt', { method: 'GET', headers: [] });
    await truncate(join(root, 'big.txt'), 10);
    let length = 0;
    for await (const chunk of piecesOf(response)) length += chunk.length;
    expect(length).toBe(10);
  });
});

describe('directories', () => {
  it('are their index.html, or a list', async () => {
    expect((await get('/pages/')).body).toBe('<html>page</html>\n');
    expect((await get('/sub/')).body).toContain('<a href="./a:b/">a:b/</a>\n');
  });

  it.each([
    ['/pages', '', 'pages/'],
    ['/pages', '?x=1', 'pages/?x=1'],
    ['/sub/a:b', '', './a:b/'],
    ['/test.txt/', '?', '../test.txt'],
    ['/pages/index.html', '', './'],
  ])('%s%s leads to %s', async (path, query, location) => {
    const { status, headers } = await get(path, { query });
    expect([status, headers.Location]).toEqual([301, location]);
  });
});

describe('nothing outside of the directory', () => {
  it.each([
    '/link.txt',
    '/sibling.txt',
    '/away/x.txt',
    '/away/',
    '/../secret.txt',
    '/pages/../../secret.txt',
    '/loop',
    '/a\0b',
    '/test.txt/x',
    `/${'n'.repeat(300)}`,
  ])('%j is not found', async (path) => {
    expect(await get(path)).toMatchObject({ status: 404, body: '404 page not found\n' });
  });

  it('by any path', async () => {
    const part = fc.constantFrom(
      '..',
      '.',
      '',
      'away',
      'x.txt',
      'link.txt',
      'secret.txt',
      'pages',
      'sub',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), async (parts) => {
        expect((await get(`/${parts.join('/')}`)).body).not.toContain('secret\n');
      }),
    );
  });

  it('but a directory that is a link itself is the directory it leads to', async () => {
    await symlink('www', join(directory, 'linked'));
    const { status } = await serveFile(join(directory, 'linked'), '/test.txt', {
      method: 'GET',
      headers: [],
    });
    expect(status).toBe(200);
  });
});

describe('a file in place of the directory', () => {
  it('is never served', async () => {
    const serve = (path: string) =>
      serveFile(join(root, 'test.txt'), path, { method: 'GET', headers: [] });
    expect((await serve('/')).status).toBe(500);
    expect((await serve('/x')).status).toBe(404);
  });
});

describe('ranges', () => {
  it.each([
    ['bytes=2-5', 206, 'bytes 2-5/21', '2345'],
    ['bytes=18-', 206, 'bytes 18-20/21', 'ij\n'],
    ['bytes=-3', 206, 'bytes 18-20/21', 'ij\n'],
    ['bytes=-100', 206, 'bytes 0-20/21', '0123456789abcdefghij\n'],
    ['bytes= 0 - 1 ', 206, 'bytes 0-1/21', '01'],
    ['bytes=0-1,100-', 206, 'bytes 0-1/21', '01'],
    ['bytes=0-20,0-20', 200, undefined, '0123456789abcdefghij\n'],
    ['bytes=', 200, undefined, '0123456789abcdefghij\n'],
    ['bytes=100-200', 416, 'bytes */21', 'invalid range: failed to overlap\n'],
    ['bytes=5-2', 416, undefined, 'invalid range\n'],
    ['bytes=x', 416, undefined, 'invalid range\n'],
    ['bytes=-', 416, undefined, 'invalid range\n'],
    ['lines=1-2', 416, undefined, 'invalid range\n'],
  ])('%s: %i', async (range, status, contentRange, body) => {
    const response = await get('/test.txt', { headers: [['Range', range]] });
    expect([response.status, response.headers['Content-Range'], response.body]).toEqual([
      status,
      contentRange,
      body,
    ]);
  });

  it('of an empty file are ignored', async () => {
    expect((await get('/empty.txt', { headers: [['Range', 'bytes=0-1']] })).status).toBe(200);
  });

  it('in the plural come as multipart, as long as announced', async () => {
    const { headers, body } = await get('/test.txt', { headers: [['range', 'bytes=0-1,4-5']] });
    const boundary = /boundary=([0-9a-f]{60})$/.exec(headers['Content-Type'] ?? '')?.[1] ?? '';
    const part = (range: string, bytes: string) =>
      `--${boundary}\r\nContent-Range: bytes ${range}/21\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${bytes}\r\n`;
    expect(body).toBe(`${part('0-1', '01')}${part('4-5', '45')}--${boundary}--\r\n`);
    expect(headers['Content-Length']).toBe(String(body.length));
  });

  it('are never longer than announced', async () => {
    const position = fc.oneof(fc.nat(30).map(String), fc.constant(''));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(position, position), { maxLength: 4 }), async (list) => {
        const range = `bytes=${list.map(([from, to]) => `${from}-${to}`).join(',')}`;
        const { headers, body } = await get('/test.txt', { headers: [['Range', range]] });
        expect(body.length).toBe(Number(headers['Content-Length']));
      }),
    );
  });
});

describe('conditions', () => {
  const later = 'Wed, 03 Jan 2024 03:04:05 GMT';
  const earlier = 'Mon, 01 Jan 2024 03:04:05 GMT';

  it.each<[string, string, string, number]>([
    ['GET', 'If-Modified-Since', date, 304],
    ['GET', 'If-Modified-Since', 'Tuesday, 02-Jan-24 03:04:05 GMT', 304],
    ['GET', 'If-Modified-Since', 'Tue Jan  2 03:04:05 2024', 304],
    ['GET', 'If-Modified-Since', later, 304],
    ['GET', 'If-Modified-Since', earlier, 200],
    ['GET', 'If-Modified-Since', 'yesterday', 200],
    ['POST', 'If-Modified-Since', date, 200],
    ['GET', 'If-Unmodified-Since', earlier, 412],
    ['GET', 'If-Unmodified-Since', date, 200],
    ['GET', 'If-Match', '"x"', 412],
    ['GET', 'If-Match', '"x", *', 200],
    ['GET', 'If-None-Match', '*', 304],
    ['PUT', 'If-None-Match', '*', 412],
    ['GET', 'If-None-Match', 'W/"x"', 200],
  ])('%s with %s: %s is %i', async (method, name, value, status) => {
    expect((await get('/test.txt', { method, headers: [[name, value]] })).status).toBe(status);
  });

  it.each([
    [date, 206],
    [earlier, 200],
    ['"etag"', 200],
  ])('If-Range: %s makes of a range %i', async (ifRange, status) => {
    const headers = [
      ['Range', 'bytes=0-1'],
      ['If-Range', ifRange],
    ] as const;
    expect((await get('/test.txt', { headers })).status).toBe(status);
  });

  it('hold for a list too, whose 304 has no date', async () => {
    const since = new Date(Date.now() + 60_000).toUTCString();
    expect(await get('/sub/', { headers: [['If-Modified-Since', since]] })).toEqual({
      status: 304,
      headers: {},
      body: '',
    });
  });
});
