import { expect, it } from 'vitest';
import { routeProtocols } from './local-addresses.ts';

it('no two programs of one machine know their routes by the same protocol', () => {
  const numbers = Object.values(routeProtocols);
  expect(new Set(numbers).size).toBe(numbers.length);
});

/** What iproute2 lists: the kernel's, and those of routing daemons. */
const inRtProtos = [[0, 18], [42], [99], [186, 192]] as const;

it.each(Object.entries(routeProtocols))('%s is %i, which is nobody else’s', (_, number) => {
  expect(number).toBeLessThan(256);
  for (const [first, last = first] of inRtProtos) {
    expect(number < first || number > last, `${first} to ${last}`).toBe(true);
  }
});
