/** Messages interpolate the same values, with the same formats and tags. */
import { type Check, type Finding, messageUnit } from '../check.ts';
import { without } from '../set-difference.ts';

/** A form for a single thing may say it in words: “one page”. */
const mayOmitCount = new Set(['zero', 'one', 'two']);

export const checkPlaceholders: Check = ({ messages }) =>
  messages.flatMap(({ namespace, file, english, translated, lineOf }) =>
    translated.flatMap(({ key, forms }) => {
      const source = english.find((unit) => unit.key === key);
      if (source === undefined) return [];
      const expected = [...source.forms.values()].flatMap(placeholders);
      return [...forms].flatMap(([form, text]): Finding[] => {
        const found = placeholders(text);
        const missing = without(expected, found).filter(
          (placeholder) => !(mayOmitCount.has(form) && placeholder.startsWith('{{count')),
        );
        const surplus = without(found, expected);
        if (missing.length + surplus.length === 0) return [];
        return [
          {
            file,
            line: lineOf(key, form),
            expected: missing.join(' ') || 'no other placeholder than in English',
            found: surplus.join(' ') || 'none',
            fix: 'Use the placeholders and tags of the English message, unchanged.',
            unit: messageUnit(namespace, key),
          },
        ];
      });
    }),
  );

/**
 * `{{value, format}}`, `$t(key)` and i18next's numbered tags, `<0>…</0>`, without the white space
 * inside. The `<word>` of a usage line is read, so translated.
 */
function placeholders(text: string): string[] {
  const prose = text.replace(/`[^`{]*`/gu, '');
  return [...prose.matchAll(/\{\{[^}]*\}\}|\$t\([^)]*\)|<\/?\d[^>]*>/gu)].map(([found]) =>
    found.replace(/\s/gu, ''),
  );
}
