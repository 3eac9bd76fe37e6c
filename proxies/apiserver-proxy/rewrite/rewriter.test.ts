import { describe, expect, it } from 'vitest';
import { createRewriter } from './rewriter.ts';

/** Upstream's transports of TestProxyTransport (specification 2.7). */
const node10250 = { prefix: '/proxy/node/node1:10250', scheme: 'http', host: 'foo.com' };
const node8080 = { prefix: '/proxy/node/node1:8080', scheme: 'https', host: 'foo.com' };
const bare = { prefix: '/proxy/node/node1:10250' };
const source = { sourceHost: 'mynode.com', requestHost: 'mynode.com' };

describe('TestProxyTransport', () => {
  it.each([
    ['normal', node10250, 'kubelet.log', 'kubelet.log'],
    ['normal', node10250, '/google.log', 'http://foo.com/proxy/node/node1:10250/google.log'],
    [
      'trailing slash',
      node10250,
      '/google.log/',
      'http://foo.com/proxy/node/node1:10250/google.log/',
    ],
    ['subdir', node8080, '/google.log', 'https://foo.com/proxy/node/node1:8080/google.log'],
    ['image', node10250, 'kubernetes.jpg', 'kubernetes.jpg'],
    [
      'image',
      node10250,
      '/kubernetes_abs.jpg',
      'http://foo.com/proxy/node/node1:10250/kubernetes_abs.jpg',
    ],
    ['abs', node10250, 'http://google.com/kubernetes.js', 'http://google.com/kubernetes.js'],
    [
      'abs but same host',
      node10250,
      'http://mynode.com/kubernetes.js',
      'http://foo.com/proxy/node/node1:10250/kubernetes.js',
    ],
  ])('%s', (_, transport, link, expected) => {
    expect(createRewriter({ ...source, ...transport }).url(link)).toBe(expected);
  });

  const script = '%00<script>alert(1)</script>/';
  const escaped = '%00%3Cscript%3Ealert%281%29%3C/script%3E/';
  const target = 'http://foo.com/proxy/node/node1:10250/redirected/target/';
  it.each([
    ['redirection relative', node10250, {}, '/redirected/target/', target],
    [
      'redirection absolute same host',
      node10250,
      {},
      'http://mynode.com/redirected/target/',
      target,
    ],
    [
      'redirection absolute other host',
      node10250,
      {},
      'http://example.com/redirected/target/',
      'http://example.com/redirected/target/',
    ],
    [
      'redirection without scheme and host of the proxy',
      bare,
      { requestHost: '10.0.0.1:8001' },
      'http://10.0.0.1:8001/redirected/target/',
      'http://10.0.0.1:8001/proxy/node/node1:10250/redirected/target/',
    ],
  ])('%s, also with a path that must be escaped', (_, transport, hosts, location, expected) => {
    const rewriter = createRewriter({ ...source, ...hosts, ...transport });
    expect(rewriter.location(location)).toBe(expected);
    expect(rewriter.location(location + script)).toBe(expected + escaped);
  });

  it('source contains the redirect already', () => {
    const link = 'http://foo.com/proxy/node/node1:10250/google.log';
    const hosts = { sourceHost: 'foo.com', requestHost: 'foo.com' };
    expect(createRewriter({ ...hosts, ...node10250 }).url(link)).toBe(link);
  });
});

describe('links of a page behind a service', () => {
  const prefix = '/api/v1/namespaces/default/services/single/proxy';
  const rewriter = createRewriter({
    sourceHost: '10.244.77.10:8080',
    requestHost: '127.0.0.1:36443',
    prefix,
  });

  it.each([
    // The target's own, by an absolute path.
    ['/', `${prefix}/`],
    ['/a/../b//c/./d', `${prefix}/b/c/d`],
    ['/a?', `${prefix}/a?`],
    ['/a?b=/c?d#e', `${prefix}/a?b=/c?d#e`],
    ['/a#%c3%a9', `${prefix}/a#%c3%a9`],
    ['/a b', `${prefix}/a%20b`],
    ['/a%2Fb', `${prefix}/a/b`],
    ['/a%20b', `${prefix}/a%20b`],
    ['/%41', `${prefix}/A`],
    ['/\xfc', `${prefix}/%FC`],
    ["/it's(1)[2]", `${prefix}/it%27s%281%29%5B2%5D`],
    ['///a', `${prefix}/a`],
    ['/\\evil.com', `${prefix}/%5Cevil.com`],
    ['/%2Fevil.com/', `${prefix}/evil.com/`],
    ['http:/a', `${prefix}/a`],
    ['http://10.244.77.10:8080/a', `${prefix}/a`],
    ['//10.244.77.10:8080/a', `${prefix}/a`],
    ['http://u:p@10.244.77.10:8080/a', `//u:p@${prefix}/a`],
    ['https://127.0.0.1:36443/a', `https://127.0.0.1:36443${prefix}/a`],
    ['//127.0.0.1:36443/a', `//127.0.0.1:36443${prefix}/a`],
    // Already through the proxy, by the letter of the prefix.
    [`${prefix}/a%2Fb`, `${prefix}/a%2Fb`],
    [`${prefix}x`, `${prefix}x`],
    [`http://10.244.77.10:8080${prefix}/a`, `${prefix}/a`],
    // Elsewhere, or relative.
    ['http://10.244.77.10/a', 'http://10.244.77.10/a'],
    ['HTTP://Example.com/%7Ea?b c', 'http://Example.com/%7Ea?b c'],
    ['http://10.244.77.10:8080', 'http://10.244.77.10:8080'],
    ['http://10.244.77.10:8080?a', 'http://10.244.77.10:8080?a'],
    ['//[fe80::1%25en0]:80/a', '//[fe80::1%25en0]:80/a'],
    ['http://u%40v:p%2Fw@h/', 'http://u%40v:p%2Fw@h/'],
    ['a b/c', 'a%20b/c'],
    ['./a:b', './a:b'],
    ['a%3Ab', 'a%3Ab'],
    ['', ''],
    ['*', '*'],
    ['?', '?'],
    ['#', ''],
    ['mailto:a@b.c?d', 'mailto:a@b.c?d'],
    ['JavaScript:void(0)', 'javascript:void(0)'],
    ['data:text/html,<a>', 'data:text/html,<a>'],
  ])('makes of %s %s', (link, expected) => {
    expect(rewriter.url(link)).toBe(expected);
    expect(rewriter.location(link)).toBe(expected);
  });

  it.each([
    ['/%zz', 'invalid URL escape "%zz"'],
    ['/%', 'invalid URL escape "%"'],
    ['http://%5bbad/', 'invalid URL escape "%5b"'],
    ['http://[::1/', "missing ']' in host"],
    ['http://h:port/', 'invalid port ":port" after host'],
    ['http://[::1]x/', 'invalid port "x" after host'],
    ['http://a b/', 'invalid character " " in host name'],
    ['http://a"b\\c/', 'invalid character "\\\\" in host name'],
    ['//[fe80::1%25%41%20%2f]/', 'invalid URL escape "%2f"'],
    ['http://a^b@h/', 'net/url: invalid userinfo'],
    ['/a\tb', 'net/url: invalid control character in URL'],
    ['/\x7f', 'net/url: invalid control character in URL'],
    [':b:c/d', 'missing protocol scheme'],
    ['1a:b', 'first path segment in URL cannot contain colon'],
    ['/#%zz', 'invalid URL escape "%zz"'],
  ])('leaves %j alone, and refuses it as a Location: %s', (link, reason) => {
    expect(rewriter.url(link)).toBe(link);
    expect(() => rewriter.location(link)).toThrow(reason);
  });

  it('tells of a Location that is no URL in the words of the recorded case', () => {
    const text =
      'error trying to parse Location header: parse "http://%5bbad/": invalid URL escape "%5b"';
    expect(() => rewriter.location('http://%5bbad/')).toThrow(
      expect.objectContaining({
        code: 500,
        reason: 'InternalError',
        message: `Internal error occurred: ${text}`,
        details: { causes: [{ message: text }] },
      }),
    );
  });

  it('quotes what is no URL as Go does', () => {
    const quoted = (location: string) => {
      try {
        return rewriter.location(location);
      } catch (error) {
        return String(error).split('parse ').at(-1)?.split(': net/url').at(0);
      }
    };
    const utf8 = Buffer.from('/é\u200b😀\u{e0001}').toString('latin1');
    expect(quoted(`${utf8}\x01\n"`)).toBe('"/é\\u200b😀\\U000e0001\\x01\\n\\""');
    expect(quoted('/\xe9\x00')).toBe('"/\\xe9\\x00"');
  });

  it('reads headers as bytes, whatever their encoding', () => {
    const utf8 = Buffer.from('/é').toString('latin1');
    expect(rewriter.location(utf8)).toBe(`${prefix}/%C3%A9`);
    expect(rewriter.location(`/x?${utf8}`)).toBe(`${prefix}/x?${utf8}`);
  });
});
