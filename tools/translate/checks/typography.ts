/** Slips of hand and encoding: repeated words, spaces, broken characters, mixed apostrophes. */
import type { Check, Finding } from '../check.ts';
import { lineOfMatch, passages, type Chunk } from '../prose.ts';

interface Slip {
  readonly pattern: RegExp;
  readonly expected: string;
  readonly fix: string;
}

const slips: readonly Slip[] = [
  {
    pattern: /(?<![\p{L}\p{M}\d-])(?<word>\p{L}+)\s+\k<word>(?![\p{L}\p{M}\d-])/iu,
    expected: 'each word once',
    fix: 'Remove the repeated word.',
  },
  {
    pattern: /\S {2,}\S/u,
    expected: 'one space',
    fix: 'Remove the second space.',
  },
  {
    pattern: /\p{L} +[,;:.!?](?=\s|$)/u,
    expected: 'no space before the sign',
    fix: 'Remove the space.',
  },
  {
    pattern: /\uFFFD|Ã[\u0080-\u00BF]|â€|Â[\u00A0-\u00BF]/u,
    expected: 'text in UTF-8',
    fix: 'Save the file as UTF-8, and write the broken character again.',
  },
  {
    pattern: /\p{L}\p{M}/u,
    expected: 'accented letters as one character',
    fix: 'Normalise the text to NFC.',
  },
];

/** Words that are meant twice. */
const doubled = new Set(['via via', 'man man', 'così così', 'piano piano', 'hop hop']);

export const checkTypography: Check = (translation) => {
  const all = passages(translation);
  return [
    ...all.flatMap(({ unit, file, translated }) =>
      translated.flatMap((chunk) =>
        slips.flatMap((slip) =>
          findSlip(slip, chunk).map((slipped) => ({ ...slipped, file, unit })),
        ),
      ),
    ),
    ...mixedApostrophes(all),
  ];
};

function findSlip(
  { pattern, expected, fix }: Slip,
  chunk: Chunk,
): Pick<Finding, 'line' | 'expected' | 'found' | 'fix'>[] {
  const match = pattern.exec(chunk.text);
  if (match === null || doubled.has(match[0].toLowerCase())) return [];
  return [
    { line: lineOfMatch(chunk, match.index), expected, found: JSON.stringify(match[0]), fix },
  ];
}

/** One apostrophe in a language: the one that most texts have. */
function mixedApostrophes(all: ReturnType<typeof passages>): Finding[] {
  const found = all.flatMap(({ unit, file, translated }) =>
    translated.flatMap((chunk) =>
      [...chunk.text.matchAll(/\p{L}['’](?=\p{L})/gu)].map(({ 0: text, index }) => ({
        unit,
        file,
        line: lineOfMatch(chunk, index),
        text,
        sign: text.at(-1),
      })),
    ),
  );
  const curly = found.filter(({ sign }) => sign === '’').length;
  const usual = curly * 2 > found.length ? '’' : "'";
  return found
    .filter(({ sign }) => sign !== usual)
    .map(({ unit, file, line, text }) => ({
      file,
      line,
      expected: `the apostrophe ${usual} of the other texts`,
      found: text,
      fix: 'Use one kind of apostrophe in a language.',
      unit,
    }));
}
