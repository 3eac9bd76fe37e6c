import { expect, it } from 'vitest';
import { canonicalQuantity, parseQuantity } from './quantities.ts';

/** Cases of `k8s.io/apimachinery/pkg/api/resource`. */
it.each([
  ['0', '0'],
  ['0.5', '500m'],
  ['1000m', '1'],
  ['1.5Gi', '1536Mi'],
  ['1024Mi', '1Gi'],
  ['0.3Ki', '307200m'],
  ['1000k', '1M'],
  ['1000P', '1E'],
  ['1024Pi', '1Ei'],
  ['1e3', '1e3'],
  ['100e-3', '100e-3'],
  ['-1.5', '-1500m'],
  ['.1n', '1n'],
])('writes %s as %s', (text, canonical) => {
  expect(canonicalQuantity(text)).toBe(canonical);
});

it.each(['', 'much', '1 Gi', '1Kib', '--1', '1e', '.'])('takes %j for no quantity', (text) => {
  expect(parseQuantity(text)).toBeUndefined();
});
