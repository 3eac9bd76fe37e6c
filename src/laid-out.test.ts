import { expect, test } from 'vitest';
import { laidOut } from './laid-out.ts';

test('a header stays on its line, and everything else is indented', () => {
  const value = {
    headers: [
      ['Host', 'a "b" ]'],
      ['X', '1'],
    ],
    list: ['a', 'b', 'c'],
  };
  expect(laidOut(value)).toBe(
    `{
  "headers": [
    ["Host", "a \\"b\\" ]"],
    ["X", "1"]
  ],
  "list": [
    "a",
    "b",
    "c"
  ]
}`,
  );
  expect(JSON.parse(laidOut(value))).toEqual(value);
});
