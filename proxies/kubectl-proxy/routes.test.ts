import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRoutes, type Route } from './routes.ts';

const match = (
  target: string,
  { api = '/', www = null as string | null, method = 'GET', host = 'localhost' } = {},
): Route => createRoutes({ apiPrefix: api, wwwPrefix: www }).match({ method, target, host });

const upstreamTarget = (route: Route) => (route.kind === 'api' ? route.target : route.kind);

describe('the table of the upstream test (specification 1.9)', () => {
  it.each([
    ['/api/', '/metrics', 'not-found'],
    ['/api/', '/api/metrics', '/api/metrics'],
    ['/api/', '/api/v1/pods/', '/api/v1/pods/'],
    ['/', '/metrics', '/metrics'],
    ['/', '/api/v1/pods/', '/api/v1/pods/'],
    ['/custom/', '/metrics', 'not-found'],
    ['/custom/', '/api/metrics', 'not-found'],
    ['/custom/', '/api/v1/pods/', 'not-found'],
    ['/custom/', '/custom/api/metrics', '/api/metrics'],
    ['/custom/', '/custom/api/v1/pods/', '/api/v1/pods/'],
    ['/custom/', '/custom/api/v1/services/', '/api/v1/services/'],
    [
      '/',
      '/api/test?fields=ID%3Dfoo&labels=key%3Dvalue',
      '/api/test?fields=ID%3Dfoo&labels=key%3Dvalue',
    ],
  ])('below %s, %s becomes %s', (api, target, expected) => {
    expect(upstreamTarget(match(target, { api }))).toBe(expected);
  });
});

describe('the target sent upstream', () => {
  it.each([
    ['/a%2fb%C3%A9', '/a%2fb%C3%A9'],
    ['/%61%7e%21', '/%61%7e%21'],
    ["/a!$&'()*,:@=~[]", "/a!$&'()*,:@=~[]"],
    ['/a{1%2F', '/a%7B1/'],
    ['/"x%20', '/%22x%20'],
    ['/a|b^c`', '/a%7Cb%5Ec%60'],
    ['/foo#/exec', '/foo%23/exec'],
    ['/\xff/\xc3\xa9', '/%FF/%C3%A9'],
    ['/%2Fapi', '/api'],
    ['/%2F%2Fapi', '//api'],
    ['/%2e%2e/api', '/%2e%2e/api'],
    ['/', '/'],
    ['/?', '/?'],
    ['/p?a=%zz&b=%\xe9', '/p?a=%zz&b=%\xe9'],
    ['http://localhost/api?x', '/api?x'],
    ['ftp://localhost:/api', '/api'],
    ['HTTP:///api', '/api'],
    ['http:/api', '/api'],
    ['http://user:secret@localhost/api', '/api'],
  ])('%s becomes %s', (target, expected) => {
    expect(upstreamTarget(match(target))).toBe(expected);
  });

  it.each([
    ['/custom/a%2Fb', '/a/b'],
    ['/custom/%2Fapi', '/api'],
    ['/custom/%61%7E%21', '/a~%21'],
    ['/custom/a%25b%23%C3%A9?c%41', '/a%25b%23%C3%A9?c%41'],
    ['/custom/%2e%2e/api', '/../api'],
    ['/custom/?a=b', '/?a=b'],
    ['/%63ustom/api', '/api'],
    ['/custom/custom/api', '/custom/api'],
    ['/custom%2Fapi', 'not-found'],
    ['/CUSTOM/api', 'not-found'],
  ])('is escaped anew where a prefix was stripped: %s becomes %s', (target, expected) => {
    expect(upstreamTarget(match(target, { api: '/custom' }))).toBe(expected);
  });

  it('keeps a prefix that begins with /api', () => {
    expect(upstreamTarget(match('/api-foo/%2Fx', { api: '/api-foo/' }))).toBe('/api-foo/%2Fx');
  });
});

describe('what the filter is given', () => {
  it.each([
    ['/%61pi/caf%C3%A9', '/api/café'],
    ['/a%0Ab%00', '/a\nb\0'],
    ['/%C3%28%F0%9F%98%80%ED%A0%80', '/\ufffd(😀\ufffd\ufffd\ufffd'],
    ['/%EF%BF%BD', '/\ufffd'],
    ['/', ''],
  ])('the decoded path of %s', (target, path) => {
    expect(match(target)).toMatchObject({ path });
  });

  it('the host of an absolute form before that of the header, in both directions', () => {
    expect(match('http://evil.com/x', { host: 'localhost' })).toMatchObject({ host: 'evil.com' });
    expect(match('http://[::1]:80/x', { host: 'evil.com' })).toMatchObject({ host: '[::1]:80' });
    expect(match('/x', { host: 'evil.com:1' })).toMatchObject({ host: 'evil.com:1' });
  });
});

describe('redirects', () => {
  it.each([
    ['/../../etc/passwd', {}, '/etc/passwd'],
    ['/api//v1//pods?x=1', {}, '/api/v1/pods?x=1'],
    ['/api//ws', { method: 'POST' }, '/api/ws'],
    ['//evil.com/', {}, '/evil.com/'],
    ['//', {}, '/'],
    ['/a/..', {}, '/'],
    ['/a/.', {}, '/a'],
    ['/a%20b//c', {}, '/a%2520b/c'],
    ['/a//b?', {}, '/a/b'],
    ['http://localhost?x=1', {}, '/?x=1'],
    ['mailto:x', {}, '/'],
    ['localhost:80', { method: 'CONNECT' }, '/'],
    ['/custom', { api: '/custom/' }, '/custom/'],
    ['/%63ustom?a=b', { api: '/custom/' }, '/custom/?a=b'],
    ['/custom/../api', { api: '/custom/' }, '/api'],
    ['localhost/custom', { api: '/custom/', method: 'CONNECT' }, '/custom/'],
    ['/a%20b', { api: '/a%20b/' }, '/a%20b/'],
    ['/static?x=1', { www: '/static/' }, '/static/?x=1'],
    ['/static/../secret.txt', { www: '/static/' }, '/secret.txt'],
  ])('%s with %j leads to %s', (target, options, location) => {
    expect(match(target, options)).toMatchObject({ kind: 'redirect', location });
  });

  it('come with a page for GET, escaped', () => {
    expect(match(`//a?"<'&`)).toMatchObject({
      page: '<a href="/a?&#34;&lt;&#39;&amp;">Moved Permanently</a>.\n\n',
    });
    expect(match('//a', { method: 'POST' })).toMatchObject({ page: null });
  });

  it('are not for CONNECT to a path', () => {
    expect(upstreamTarget(match('/api//v1/../pods', { method: 'CONNECT' }))).toBe(
      '/api//v1/../pods',
    );
  });
});

describe('static files', () => {
  it.each([
    ['/static/', '/'],
    ['/static/sub/caf%C3%A9.txt', '/sub/café.txt'],
    ['/static/%2e%2e/secret.txt', '/../secret.txt'],
    ['/static/pct%2541.txt', '/pct%41.txt'],
  ])('%s is the file %s', (target, path) => {
    expect(match(target, { www: '/static/' })).toEqual({ kind: 'files', path, query: '' });
  });

  it('are only below the prefix as it is spelled', () => {
    expect(match('/st%61tic/x', { www: '/static/' })).toEqual({ kind: 'not-found' });
    expect(upstreamTarget(match('/static%2Fx', { www: '/static/' }))).toBe('/static%2Fx');
  });

  it('lose against a longer API prefix, and win against a shorter one', () => {
    const options = { api: '/api/', www: '/' };
    expect(match('/api/v1', options).kind).toBe('api');
    expect(match('/nope?x', options)).toEqual({ kind: 'files', path: '/nope', query: '?x' });
  });
});

describe('what is no target', () => {
  it.each([
    'foo',
    '?x',
    '/%zz',
    '/%',
    '1http://x/',
    ':foo',
    '/a b',
    '/a\0',
    'http://[::1/x',
    'http://[::1]x/',
    'http://localhost:ab/x',
    'http://local\\host/',
    'http://localhost#/x',
    'http://%6cocalhost/',
    'http://a b@localhost/',
    'http://a<@localhost/',
  ])('%s is refused', (target) => {
    expect(match(target)).toEqual({ kind: 'bad-request', reason: 'malformed-target' });
  });

  it('answers for the asterisk itself', () => {
    expect(match('*')).toEqual({ kind: 'bad-request', reason: 'asterisk' });
    expect(match('*', { method: 'OPTIONS' })).toEqual({ kind: 'options' });
  });
});

describe('prefixes', () => {
  it.each(['/{/', '/a b/', '/a{x}/', '/{$}/', '/{x...}/', '/{x}/{x}/', '{x}', 'GET /x/'])(
    '%s is refused, with the flag’s name',
    (api) => {
      expect(() => match('/', { api })).toThrow('invalid --api-prefix');
    },
  );

  it.each([
    ['/', '/'],
    ['', '/'],
    ['/{x}/', '/{y}/'],
    ['/{x}/b/', '/a/{y}/'],
  ])('%s and %s are in conflict', (api, www) => {
    expect(() => match('/', { api, www })).toThrow('match the same requests');
  });

  it('with a wildcard find only what is spelled like the wildcard', () => {
    expect(upstreamTarget(match('/%7Bx%7D/api', { api: '/{x}/' }))).toBe('/api');
    expect(match('/anything/api', { api: '/{x}/' })).toEqual({ kind: 'not-found' });
    expect(match('/', { api: '/{x}/' })).toEqual({ kind: 'not-found' });
  });

  it('without a slash in front find nothing', () => {
    expect(match('/custom/api', { api: 'custom' })).toEqual({ kind: 'not-found' });
  });
});

describe('for any bytes at all', () => {
  const byte = fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code));
  const target = fc
    .array(fc.oneof(byte, fc.constantFrom('/', '.', '..', '%2F', '%2e', '?', 'custom')), {
      maxLength: 20,
    })
    .map((parts) => parts.join(''));
  const method = fc.constantFrom('GET', 'POST', 'CONNECT');

  it('a redirect stays on this host', () => {
    fc.assert(
      fc.property(target, method, fc.constantFrom('/', '/custom/'), (tail, verb, api) => {
        const route = match(`/${tail}`, { method: verb, api });
        if (route.kind === 'redirect') expect(route.location).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/);
      }),
    );
  });

  it('what is sent upstream is legal, and means the same when it is read again', () => {
    fc.assert(
      fc.property(target, (tail) => {
        const route = match(`/${tail}`);
        if (route.kind !== 'api') return;
        expect(route.target.replace(/\?.*/s, '')).toMatch(
          /^\/[A-Za-z0-9\-_.~$&+,/:;=@!'()*[\]%]*$/,
        );
        const again = match(route.target, { api: '/api/', method: 'CONNECT', www: '/' });
        // Reading it as a file takes one slash of the front away.
        if (again.kind === 'files') expect(oneSlash(again.path)).toBe(oneSlash(route.path));
      }),
    );
  });
});

const oneSlash = (path: string) => path.replace(/^\/*/, '/');
