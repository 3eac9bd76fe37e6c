/** What is said when nobody can be trusted, and that it is true. */
import { expect, it } from 'vitest';
import type { Condition, WantedBackend } from '../backend.ts';
import { tellUntrusted } from './tell-untrusted.ts';

it.each([
  ['refused', /Clients are refused\./],
  ['tried', /Clients are sent there all the same, by --when-none-ready try-all\./],
] as const)('says once that none is trusted, and that clients are %s', async (clients, words) => {
  const { balancer, become } = fakeBalancer();
  const said: string[] = [];
  tellUntrusted(balancer, { clients, say: (_, text) => void said.push(text) });
  await become('untrusted', 'unknown');
  expect(said).toEqual([]);
  await become('untrusted', 'untrusted');
  await become('untrusted', 'untrusted');
  expect(said).toEqual([expect.stringMatching(words)]);
  await become('untrusted', 'ready');
  await become('untrusted', 'untrusted');
  expect(said).toHaveLength(2);
});

function fakeBalancer() {
  let tell: () => void = () => undefined;
  let conditions: readonly Condition[] = [];
  const backend: WantedBackend = {
    ...{ name: '10.0.0.11:6443', address: '10.0.0.11', port: 6443 },
    family: 'IPv4',
    isDraining: false,
  };
  const since = new Date(0).toISOString();
  return {
    become: async (...now: readonly Condition[]) => {
      conditions = now;
      tell();
      await new Promise(setImmediate);
    },
    balancer: {
      statuses: () =>
        Promise.resolve(
          conditions.map((condition) => ({
            ...{ backend, condition, since, reason: null, checkMs: null },
          })),
        ),
      onStatus: (listener: () => void) => {
        tell = listener;
        return { [Symbol.dispose]: () => undefined };
      },
    },
  };
}
