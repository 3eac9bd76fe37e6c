import { expect, it } from 'vitest';
import { humanDuration } from './human-duration.ts';

// The cases of upstream's duration_test.go.
it.each([
  [1, '1s'],
  [70, '70s'],
  [190, '3m10s'],
  [70 * 60, '70m'],
  [47 * 3600, '47h'],
  [49 * 3600, '2d1h'],
  [(8 * 24 + 2) * 3600, '8d'],
  [367 * 24 * 3600, '367d'],
  [(365 * 2 * 24 + 25) * 3600, '2y1d'],
  [(365 * 8 * 24 + 2) * 3600, '8y'],
])('%d seconds are %s', (seconds, text) => {
  expect(humanDuration(seconds * 1000)).toBe(text);
});
