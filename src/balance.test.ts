import { expect, test } from 'vitest';
import { apiserverProxy } from '../proxies/apiserver-proxy/descriptor.ts';
import { criticalValues, evenness } from './balance.ts';

test.each([
  [[100, 100, 100], 'even', 0],
  [[104, 91, 105], 'even', 1.22],
  [[140, 80, 80], 'uneven', 24],
  [[300, 0, 0], 'uneven', 600],
  [[150, 150], 'even', 0],
] as const)('%o is %s', (counts, result, chiSquare) => {
  expect(evenness(counts)).toMatchObject({ result, figures: { chiSquare } });
});

test('the page and the claim draw the line at the same place', () => {
  const claim = apiserverProxy.claims.find(({ id }) => id === 'apiserver-proxy.load-balances');
  const endpoints = Number(claim?.values.endpoints);
  expect(criticalValues[endpoints - 2]).toBe(claim?.values.chiSquareLimit);
});
