import { expect, it } from 'vitest';
import { createExpiringCache } from './expiring-cache.ts';

/** A cache over a clock that stands, and how often it asked. */
function cacheOf(capacity = 10) {
  const clock = { ms: 0 };
  const asked: string[] = [];
  const cache = createExpiringCache<string>(capacity, () => clock.ms);
  const get = (key: string, ttlMs = 10) =>
    cache.get(key, async () => {
      asked.push(key);
      return { value: `${key}${asked.length}`, ttlMs };
    });
  return { clock, asked, cache, get };
}

it('asks once for as long as an answer is good', async () => {
  const { clock, get } = cacheOf();
  expect(await get('a')).toBe('a1');
  clock.ms = 9;
  expect(await get('a')).toBe('a1');
  clock.ms = 10;
  expect(await get('a')).toBe('a2');
});

it('asks once for all who ask meanwhile, also where the answer is good for none later', async () => {
  const { get, asked } = cacheOf();
  expect(await Promise.all([get('a', 0), get('a', 0)])).toEqual(['a1', 'a1']);
  expect(await get('a', 0)).toBe('a2');
  expect(asked).toHaveLength(2);
});

it('keeps no failure', async () => {
  const { cache, get } = cacheOf();
  const fail = () => Promise.reject(new Error('away'));
  const both = [cache.get('a', fail), cache.get('a', fail)];
  await Promise.all(both.map((one) => expect(one).rejects.toThrow('away')));
  expect(await get('a')).toBe('a1');
});

it('forgets what was asked for longest ago when it is full', async () => {
  const { get, asked } = cacheOf(2);
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await get(key);
  expect(asked).toEqual(['a', 'b', 'c', 'b']);
});
