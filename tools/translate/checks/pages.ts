/** Both languages have the same pages. */
import type { Check } from '../check.ts';

export const checkPages: Check = ({ pages }) =>
  pages.flatMap(({ name, file, english, translated }) => {
    if (translated === null) {
      return [
        { file, line: 1, expected: `a translation of ${name}`, found: 'no file', fix: 'Write it.' },
      ];
    }
    if (english !== null) return [];
    return [
      {
        file,
        line: 1,
        expected: 'a page that exists in English',
        found: name,
        fix: 'Remove it, or write the English page first.',
      },
    ];
  });
