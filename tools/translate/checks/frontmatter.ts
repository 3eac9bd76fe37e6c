/** The frontmatter has the same fields; title and description say something. */
import { FRONTMATTER } from '../../../src/i18n/sections.ts';
import { type Check, type Finding, sectionUnit } from '../check.ts';

const translatedFields = ['title', 'description'];

export const checkFrontmatter: Check = ({ pages }) =>
  pages.flatMap(({ name, file, english, translated }) => {
    if (english === null || translated === null) return [];
    const fields = new Set([
      ...translatedFields,
      ...Object.keys(english.frontmatter),
      ...Object.keys(translated.frontmatter),
    ]);
    return [...fields].flatMap((field): Finding[] => {
      const isTranslated = translatedFields.includes(field);
      const expected = english.frontmatter[field];
      const found = translated.frontmatter[field];
      const isRight = isTranslated
        ? typeof found === 'string' && found.trim() !== ''
        : JSON.stringify(found) === JSON.stringify(expected);
      if (isRight) return [];
      return [
        {
          file,
          line: 1,
          expected: isTranslated ? `a ${field}` : `${field}: ${show(expected)}`,
          found: show(found),
          fix: isTranslated ? `Write the ${field} in the frontmatter.` : 'Copy it from English.',
          unit: sectionUnit(name, FRONTMATTER),
        },
      ];
    });
  });

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
