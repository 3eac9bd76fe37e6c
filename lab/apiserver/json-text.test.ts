import { expect, it } from 'vitest';
import { inspectJson } from './json-text.ts';

it('names the first hundred duplicate keys, as upstream does', () => {
  const text = `{"a":{${Array.from({ length: 1000 }, () => '"b":1').join(',')}}}`;
  const { duplicates } = inspectJson(text);
  expect(duplicates[0]).toBe('a.b');
  expect(duplicates).toHaveLength(100);
});
