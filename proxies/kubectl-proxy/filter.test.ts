import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kubectlProxy } from './descriptor.ts';
import { createFilter, type FilteredRequest, type FilterLists } from './filter.ts';

const flagDefault = (name: string) =>
  String(kubectlProxy.flags.find((flag) => flag.name === name)?.default);

const defaults: FilterLists = {
  acceptPaths: flagDefault('accept-paths'),
  rejectPaths: flagDefault('reject-paths'),
  acceptHosts: flagDefault('accept-hosts'),
  rejectMethods: flagDefault('reject-methods'),
};

const judge = (request: Partial<FilteredRequest>, lists: Partial<FilterLists> = {}) =>
  createFilter({ ...defaults, ...lists }).judge({
    method: 'GET',
    path: '/api/v1/pods',
    host: 'localhost',
    ...request,
  });

const pods = '/api/v1/namespaces/default/pods';

describe('the table of the upstream test (specification 1.9)', () => {
  it.each<[number, Partial<FilterLists>, string, string, string, boolean]>([
    [1, {}, 'GET', '', '127.0.0.1', true],
    [2, {}, 'GET', '/api/v1/pods', '127.0.0.1', true],
    [3, {}, 'GET', '/api/v1/pods', 'localhost', true],
    [4, {}, 'GET', `${pods}/foo`, 'localhost', true],
    [5, {}, 'GET', `${pods}/attachfoo`, 'localhost', true],
    [7, {}, 'GET', `${pods}/execfoo`, 'localhost', true],
    [8, {}, 'GET', `${pods}/foo/exec`, '127.0.0.1', false],
    [9, {}, 'GET', `${pods}/foo/attach`, '127.0.0.1', false],
    [10, {}, 'GET', '/api/v1/pods', 'evil.com', false],
    [11, {}, 'GET', '/api/v1/pods', 'localhost.evil.com', false],
    [12, {}, 'GET', '/api/v1/pods', '127a0b0c1', false],
    [13, {}, 'GET', '/ui', 'localhost', true],
    [14, {}, 'POST', '/api/v1/pods', 'localhost', true],
    [15, {}, 'PUT', `${pods}/somepod`, 'localhost', true],
    [16, {}, 'PATCH', `${pods}/somepod`, 'localhost', true],
    [17, { rejectMethods: 'GET' }, 'GET', '/api/v1/pods', '127.0.0.1', false],
    [18, { rejectMethods: 'POST' }, 'POST', '/api/v1/pods', 'localhost', false],
    [19, { rejectMethods: 'PUT' }, 'PUT', `${pods}/somepod`, 'localhost', false],
    [20, { rejectMethods: 'PATCH' }, 'PATCH', `${pods}/somepod`, 'localhost', false],
    [21, { rejectMethods: 'POST,PUT,PATCH' }, 'PATCH', `${pods}/somepod`, 'localhost', false],
    [22, { rejectMethods: 'POST,PUT,PATCH' }, 'PUT', `${pods}/somepod`, 'localhost', false],
    [23, {}, 'POST', `${pods}/somepod/exec`, 'localhost', false],
    [24, { rejectPaths: '' }, 'POST', `${pods}/somepod/exec`, 'localhost', true],
  ])('%i: %j %s %s of %s is accepted: %s', (_, lists, method, path, host, expected) => {
    expect(judge({ method, path, host }, lists).accepted).toBe(expected);
  });

  it.each([
    ['foo', 'bar,.*', true],
    ['foo', 'bar,fo.*', true],
    ['bar', 'bar,fo.*', true],
    ['baz', 'bar,fo.*', false],
  ])('%s matches %s: %s', (path, acceptPaths, expected) => {
    expect(judge({ path }, { acceptPaths }).accepted).toBe(expected);
  });

  it.each([
    ['localhost:8085', '^localhost$'],
    ['marmalade', '^marmalade$'],
  ])('takes the host out of %s', (host, acceptHosts) => {
    expect(judge({ host }, { acceptHosts }).accepted).toBe(true);
  });
});

describe('hosts', () => {
  it.each([
    ['localhost:', true],
    ['localhost:80:80', false],
    ['LOCALHOST', false],
    ['localhost.', false],
    ['[::1]', true],
    ['[::1]:8001', true],
    ['::1', false],
    ['[::1]x:8001', false],
    ['[0:0:0:0:0:0:0:1]:8001', false],
    ['127.1', false],
    ['', false],
  ])('the default list accepts %s: %s', (host, expected) => {
    expect(judge({ host }).accepted).toBe(expected);
  });

  it('still matches an IPv6 host without its brackets', () => {
    expect(judge({ host: '[::1]:8001' }, { acceptHosts: '^::1$' }).accepted).toBe(true);
  });
});

describe('what the filter says when it refuses', () => {
  it.each<[Partial<FilteredRequest>, Partial<FilterLists>, string, string]>([
    [{ path: `${pods}/a/attach` }, {}, 'reject-paths', '^/api/.*/pods/.*/attach'],
    [{ method: 'PUT' }, { rejectMethods: 'POST,PUT' }, 'reject-methods', 'PUT'],
    [{}, { acceptPaths: '^/a$,^/b$' }, 'accept-paths', '^/a$,^/b$'],
    [{}, { acceptPaths: '' }, 'accept-paths', ''],
    [{ host: 'evil.com' }, {}, 'accept-hosts', defaults.acceptHosts],
  ])('%j with %j names %s %s', (request, lists, flag, pattern) => {
    expect(judge(request, lists)).toEqual({ accepted: false, rule: { flag, pattern } });
  });
});

describe('RE2, not JavaScript', () => {
  it.each([
    ['*', 'missing argument to repetition operator: `*`'],
    ['^/ok,[a', 'missing closing ]: `[a`'],
    ['^(?!/x)', 'invalid or unsupported Perl syntax: `(?!`'],
    ['(a)\\1', 'invalid escape sequence: `\\1`'],
  ])('refuses %s with Go’s words', (rejectPaths, text) => {
    expect(() => judge({}, { rejectPaths })).toThrow(`error parsing regexp: ${text}`);
  });

  it.each([
    ['\\pN', '/a٣'],
    ['[[:upper:]]', '/aB'],
    ['\\Qa.b\\E', '/a.b'],
    ['^/x(?P<n>y)\\z', '/xy'],
    ['(?i)/MiXed', '/mixed'],
    ['^/u\\x{e9}$', '/ué'],
  ])('%s matches %s', (rejectPaths, path) => {
    expect(judge({ path }, { rejectPaths }).accepted).toBe(false);
    expect(judge({ path: '/acb' }, { rejectPaths }).accepted).toBe(true);
  });

  it('splits at a comma even inside braces', () => {
    expect(judge({ path: '/a{1' }, { acceptPaths: '^/a{1,2}$' }).accepted).toBe(true);
    expect(judge({ path: '/aa' }, { acceptPaths: '^/a{1,2}$' }).accepted).toBe(false);
  });
});

describe('no spelling of a rejected path gets through', () => {
  it.each(['\n', '\r', '\0', '\t', '\u2028', '\u2029', '\u0085', '\ufffd'])(
    'whatever %j hides in it',
    (character) => {
      expect(judge({ path: `/api/v1/a${character}b/pods/foo/exec` }).accepted).toBe(false);
    },
  );

  it.each([
    `/x/..${pods}/foo/exec`,
    `/.${pods}/foo/exec`,
    `//${pods}/foo/exec`,
    `${pods}/foo/bar/../exec`,
    '/api/v1/pods/../../x/../api/v1/pods/foo/./exec',
  ])('%s', (path) => {
    expect(judge({ path }).accepted).toBe(false);
  });

  it('nor does a path leave an accepted one by dot segments', () => {
    expect(judge({ path: '/api/v1/pods/../secrets' }, { acceptPaths: '^/api/v1/pods' })).toEqual({
      accepted: false,
      rule: { flag: 'accept-paths', pattern: '^/api/v1/pods' },
    });
  });

  const segment = fc.oneof(
    fc.constantFrom('.', '..', '', 'a', '\n'),
    fc.string({ unit: 'grapheme', maxLength: 6 }).map((text) => text.replaceAll('/', '')),
  );

  it('with any characters in the names', () => {
    fc.assert(
      fc.property(segment, segment, (namespace, pod) => {
        fc.pre(!['..', '.', ''].includes(namespace) && !['..', '.', ''].includes(pod));
        const path = `/api/v1/namespaces/${namespace}/pods/${pod}/exec`;
        expect(judge({ path }).accepted).toBe(false);
      }),
    );
  });

  it('with any detour in front that leads back to the root', () => {
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 5 }), (detour) => {
        const back = '/..'.repeat(detour.length);
        expect(judge({ path: `/${detour.join('/')}${back}${pods}/foo/exec` }).accepted).toBe(false);
      }),
    );
  });
});
