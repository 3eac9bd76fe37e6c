import { expect, it } from 'vitest';
import { familiesHere } from './families-here.ts';

const both = ['IPv4', 'IPv6'] as const;
const there = '/proc/self/stat';
const absent = '/proc/self/no-such-file';

it.each([
  [both, '0.0.0.0', there, both, 0],
  [both, '0.0.0.0', absent, ['IPv4'], 1],
  [['IPv4'] as const, '0.0.0.0', absent, ['IPv4'], 0],
  // Its primary family: nothing would be right without it.
  [both, 'fd00::2', absent, both, 0],
])('of %j, bound to %s, with %s, it serves %j', async (wanted, address, path, served, lines) => {
  const logged: string[] = [];
  expect(await familiesHere(wanted, address, (line) => logged.push(line), path)).toEqual(served);
  expect(logged).toHaveLength(lines);
});
