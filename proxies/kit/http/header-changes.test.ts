import { expect, it } from 'vitest';
import { headerChanges, shownTarget } from './header-changes.ts';

const header = (name: string, value: string) => ({ name, key: name.toLowerCase(), value });

it('tells added, removed and changed headers apart, without case', () => {
  expect(
    headerChanges(
      [header('Host', 'localhost'), header('Te', 'gzip'), header('X-A', '1'), header('X-A', '2')],
      [header('host', '10.0.0.1'), header('x-a', '1'), header('X-A', '2'), header('Via', 'me')],
    ),
  ).toEqual({
    added: [{ name: 'Via', to: 'me' }],
    removed: [{ name: 'Te', from: 'gzip' }],
    changed: [{ name: 'host', from: 'localhost', to: '10.0.0.1' }],
  });
});

it('never shows a secret', () => {
  const { added, removed } = headerChanges(
    [header('Proxy-Authorization', 'Basic eDp5'), header('Cookie', 'a=b')],
    [header('Authorization', 'Bearer secret')],
  );
  expect(added).toEqual([{ name: 'Authorization', to: 'Bearer ‹redacted›' }]);
  expect(removed.map(({ from }) => from)).toEqual(['Basic ‹redacted›', '‹redacted›']);
});

it('never shows the token that a WebSocket carries among its protocols', () => {
  const protocols = 'v4.channel.k8s.io, base64url.bearer.authorization.k8s.io.c2VjcmV0, v5';
  const { added } = headerChanges([], [header('Sec-WebSocket-Protocol', protocols)]);
  expect(added[0]?.to).toBe(
    'v4.channel.k8s.io, base64url.bearer.authorization.k8s.io.‹redacted›, v5',
  );
});

it.each([
  ['/api?watch=1&token=abc&limit=2', '/api?watch=1&token=‹redacted›&limit=2'],
  ['/?access_token=a%20b#x', '/?access_token=‹redacted›#x'],
  ['/?ID_Token=a&code=1', '/?ID_Token=‹redacted›&code=1'],
  ['/?refresh%5Ftoken=a;client_secret=b', '/?refresh%5Ftoken=‹redacted›;client_secret=‹redacted›'],
  ['/?password=a', '/?password=‹redacted›'],
  ['/api/v1/tokens?continue=abc&tokenless=1', '/api/v1/tokens?continue=abc&tokenless=1'],
])('shows the target %s as %s', (target, shown) => {
  expect(shownTarget(target)).toBe(shown);
});
