/** Which limits a person's options run into. */
import { expect, test } from 'vitest';
import { implementationLimits, limitsOf } from './limits.ts';
import { quickOptions } from './testing/options.ts';

const plain = { ...quickOptions, whenNoneReady: 'refuse', keepAliveMs: 0 } as const;

test.each([
  ['nginx', plain, []],
  ['haproxy', quickOptions, []],
  ['nginx', quickOptions, ['try-all warn', 'keepalive-to-backends warn']],
  ['nginx', { ...plain, balance: 'first-healthy' }, ['first-healthy-order warn']],
  ['nginx', { ...plain, proxyProtocol: 'v2' }, ['proxy-protocol-v2 refuse']],
  ['haproxy', { ...plain, proxyProtocol: 'v2' }, []],
  ['haproxy', { ...plain, maxConnectionAgeMs: 1 }, ['max-connection-age refuse']],
  ['haproxy', { ...plain, check: { ...plain.check, caPem: 'x' } }, ['certificate warn']],
  [
    'haproxy',
    { ...quickOptions, check: { ...plain.check, caPem: 'x' } },
    ['certificate warn', 'untrusted-when-none-ready warn'],
  ],
] as const)('%s, case %#: %s', (implementation, options, expected) => {
  const run = limitsOf(implementation, options).map(({ limit, answer }) => `${limit.id} ${answer}`);
  expect(run).toEqual(expected);
});

test('each limit has an id of its own, and is one of somebody', () => {
  const ids = implementationLimits.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { instead } of implementationLimits) expect(Object.keys(instead)).not.toEqual([]);
});
