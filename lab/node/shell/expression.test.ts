import { describe, expect, it } from 'vitest';
import { compileExpression } from './expression.ts';

describe('a POSIX expression', () => {
  it.each([
    ['a+', false, 'a+', true],
    ['a+', false, 'aa', false],
    ['a\\+', false, 'aa', true],
    ['\\(ab\\)\\{2\\}', false, 'abab', true],
    ['(ab){2}', false, 'abab', false],
    ['(ab){2}', true, 'abab', true],
    ['one\\|two', false, 'two', true],
    ['one|two', false, 'two', false],
    ['*a', false, '*a', true],
    ['^*a', false, '*a', true],
    ['[\\]', false, '\\', true],
    ['[]x]', true, ']', true],
    ['[^]x]', true, ']', false],
    ['[[:digit:]]+', true, '7', true],
    ['[a[]', true, '[', true],
    ['[a&&b]', true, '&', true],
    ['\\<no\\>', false, 'yes no', true],
    ['\\<no\\>', false, 'none', false],
    ['\\.', true, 'a', false],
    ['a{', true, 'a{', true],
    ['\\w\\s\\W', true, 'a b', false],
    ['\\Q.\\E', true, 'Q.E', true],
    ['(?i)a', true, 'A', undefined],
    ['\\(a\\)\\1', false, 'aa', undefined],
    ['[a', true, 'a', undefined],
    ['a\\', true, 'a', undefined],
    ['a{2,1}', true, 'aa', undefined],
  ])('%j (extended: %j) on %j', async (pattern, isExtended, text, expected) => {
    const compiling = compileExpression(pattern, { isExtended });
    if (expected === undefined) await expect(compiling).rejects.toThrow(`bad regex '${pattern}'`);
    else expect((await compiling)(text)).toBe(expected);
  });

  it('knows words and letters of either case', async () => {
    const matches = await compileExpression('a|b', {
      isExtended: true,
      isWord: true,
      isFolded: true,
    });
    expect(['A', 'x b', 'ab'].map(matches)).toEqual([true, true, false]);
  });
});
