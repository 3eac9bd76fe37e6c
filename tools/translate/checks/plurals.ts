/** A message that counts has exactly the plural forms of its language. */
import { type Check, type Finding, messageUnit } from '../check.ts';
import { without } from '../set-difference.ts';

export const checkPlurals: Check = ({ tag, messages }) =>
  messages.flatMap(({ namespace, file, english, translated, lineOf }) =>
    translated.flatMap(({ key, forms }): Finding[] => {
      const source = english.find((unit) => unit.key === key);
      if (source === undefined) return [];
      const expected = formsIn(tag, [...source.forms.keys()]);
      const missing = without(expected, forms.keys());
      const surplus = without(forms.keys(), expected);
      if (missing.length + surplus.length === 0) return [];
      return [
        {
          file,
          line: lineOf(key, [...forms.keys()][0]),
          expected: missing.map((form) => suffixed(key, form)).join(', ') || 'no further form',
          found: surplus.map((form) => suffixed(key, form)).join(', ') || 'none',
          fix: `Write the forms of ${tag}: ${expected.map((form) => suffixed(key, form)).join(', ')}.`,
          unit: messageUnit(namespace, key),
        },
      ];
    }),
  );

/** A message that does not count in English counts nowhere. */
function formsIn(tag: string, english: readonly string[]): string[] {
  if (english.includes('')) return [''];
  const isOrdinal = english.some((form) => form.startsWith('ordinal_'));
  const rules = new Intl.PluralRules(tag, { type: isOrdinal ? 'ordinal' : 'cardinal' });
  const { pluralCategories } = rules.resolvedOptions();
  return pluralCategories.map((category) => (isOrdinal ? `ordinal_${category}` : category));
}

function suffixed(key: string, form: string): string {
  const last = key.split('.').at(-1) ?? key;
  return form === '' ? last : `${last}_${form}`;
}
