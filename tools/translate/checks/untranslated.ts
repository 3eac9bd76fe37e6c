/** Nothing of any length was left in English. */
import type { Check, Finding } from '../check.ts';
import { passages } from '../prose.ts';

/** Shorter texts, such as “kubectl proxy”, may well be the same. */
const minimumWords = 4;

export const checkUntranslated: Check = (translation) => {
  if (translation.isSource) return [];
  return passages(translation).flatMap(({ unit, file, english, translated }) => {
    const originals = new Set(english.map(({ text }) => normalise(text)));
    return translated
      .filter(({ text }) => originals.has(normalise(text)) && wordCount(text) >= minimumWords)
      .map(({ line, text }): Finding => ({
        file,
        line,
        expected: `a translation into ${translation.tag}`,
        found: `the English “${text.slice(0, 40)}”`,
        fix: 'Translate it.',
        unit,
      }));
  });
};

function wordCount(text: string): number {
  return text.match(/\p{L}{2,}/gu)?.length ?? 0;
}

function normalise(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}
