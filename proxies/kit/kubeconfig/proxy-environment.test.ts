import { describe, expect, it } from 'vitest';
import { proxyFromEnvironment } from './proxy-environment.ts';
import { parseServer } from './server-url.ts';

const proxyOf = (server: string, env: Record<string, string>) =>
  proxyFromEnvironment(parseServer(server), env)?.href ?? null;

describe('the environment names a proxy as it does for Go', () => {
  it.for([
    ['https://192.0.2.1:6443', { HTTPS_PROXY: 'http://proxy:3128' }, 'http://proxy:3128/'],
    ['https://192.0.2.1:6443', { https_proxy: 'proxy:3128' }, 'http://proxy:3128/'],
    ['https://192.0.2.1:6443', { HTTP_PROXY: 'http://proxy:3128' }, null],
    ['http://192.0.2.1', { HTTP_PROXY: 'http://proxy:3128' }, 'http://proxy:3128/'],
    ['https://192.0.2.1', { HTTPS_PROXY: 'socks5://proxy:1080' }, 'socks5://proxy:1080'],
    ['https://127.0.0.1', { HTTPS_PROXY: 'http://proxy' }, null],
    ['https://[::1]', { HTTPS_PROXY: 'http://proxy' }, null],
    ['https://localhost:6443', { HTTPS_PROXY: 'http://proxy' }, null],
  ] as const)('%s with %j: %s', ([server, env, proxy]) => {
    expect(proxyOf(server, env)).toBe(proxy);
  });

  it.for([
    ['192.0.2.0/24', true],
    ['192.0.2.128/25', false],
    ['192.0.2.1', true],
    ['192.0.2.1:6443', true],
    ['192.0.2.1:443', false],
    ['*', true],
    ['198.51.100.1, 192.0.2.0/30', true],
  ] as const)('NO_PROXY=%s covers 192.0.2.1:6443: %s', ([noProxy, isCovered]) => {
    const env = { HTTPS_PROXY: 'http://proxy', NO_PROXY: noProxy };
    expect(proxyOf('https://192.0.2.1:6443', env) === null).toBe(isCovered);
  });

  it.for([
    ['example.com', 'api.example.com', true],
    ['example.com', 'example.com', true],
    ['.example.com', 'api.example.com', true],
    ['.example.com', 'example.com', false],
    ['*.example.com', 'api.example.com', true],
    ['example.com', 'notexample.com', false],
    ['2001:db8::/32', '[2001:db8::1]', true],
  ] as const)('NO_PROXY=%s covers %s: %s', ([noProxy, host, isCovered]) => {
    const env = { HTTPS_PROXY: 'http://proxy', NO_PROXY: noProxy };
    expect(proxyOf(`https://${host}`, env) === null).toBe(isCovered);
  });
});

describe("a server's address is refused in Go's words", () => {
  it.for([
    ['::bad', 'missing protocol scheme'],
    ['127.0.0.1:6443', 'first path segment in URL cannot contain colon'],
    ['https://127.0.0.1:bad%zz', 'invalid port ":bad%zz" after host'],
    ['https://[::1', "missing ']' in host"],
    ['https://a b', 'invalid character " " in host name'],
    ['https://a/%zz', 'invalid URL escape "%zz"'],
  ] as const)('%s: %s', ([server, problem]) => {
    expect(() => parseServer(server)).toThrow(expect.objectContaining({ message: problem }));
  });

  it('drops user and password, and finds the port of the scheme', () => {
    expect(parseServer('HTTPS://u:p@[2001:db8::1]/a%2Fb/')).toMatchObject({
      isTls: true,
      hostname: '2001:db8::1',
      port: 443,
      authority: '[2001:db8::1]',
      path: '/a%2Fb',
    });
  });
});
