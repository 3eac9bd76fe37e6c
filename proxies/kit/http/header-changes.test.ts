import { expect, it } from 'vitest';
import { headerChanges } from './header-changes.ts';

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
