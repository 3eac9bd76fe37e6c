/** The numbers in the text are those of the English: facts do not change with the language. */
import type { Check, Finding } from '../check.ts';
import { passages, type Chunk } from '../prose.ts';
import { without } from '../set-difference.ts';

export const checkNumbers: Check = (translation) =>
  passages(translation).flatMap(({ unit, file, english, translated }): Finding[] => {
    const missing = without(numbers(english), numbers(translated));
    const surplus = without(numbers(translated), numbers(english));
    if (missing.length + surplus.length === 0) return [];
    return [
      {
        file,
        line: translated[0]?.line ?? 1,
        expected: missing.join(', ') || 'no other number than in English',
        found: surplus.join(', ') || 'none',
        fix: 'Write the numbers of the English text, as digits where it has digits.',
        unit,
      },
    ];
  });

/** Digits alone: the signs between them differ by language. */
function numbers(chunks: readonly Chunk[]): string[] {
  return chunks.flatMap(({ text }) =>
    [...text.matchAll(/\d+(?:[.,\u00A0\u202F:]\d+)*/gu)].map(([found]) =>
      found.replace(/\D/gu, ''),
    ),
  );
}
