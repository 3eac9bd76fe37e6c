/** Terms are translated by the glossary: nothing it forbids, nothing lost that it requires. */
import { type Check, type Finding } from '../check.ts';
import { literally, wholeWords, type Forbidden, type Term } from '../glossary.ts';
import { lineOfMatch, passages, type Chunk, type Passage } from '../prose.ts';

export const checkGlossary: Check = (translation) => {
  if (translation.isSource) return [];
  const { glossary, tag } = translation;
  const rules = [
    ...(glossary.languages[tag]?.never ?? []).map((forbidden) => ({ forbidden, term: null })),
    ...glossary.terms.flatMap((term) =>
      (term.translations?.[tag]?.never ?? []).map((forbidden) => ({ forbidden, term })),
    ),
  ];
  return passages(translation).flatMap((passage) => [
    ...rules
      .filter(({ forbidden, term }) => applies(forbidden, term, passage))
      .flatMap(({ forbidden }) => findForbidden(forbidden, passage)),
    ...glossary.terms.flatMap((term) => findLost(term, tag, passage)),
  ]);
};

function applies({ when }: Forbidden, term: Term | null, { english }: Passage): boolean {
  return when === undefined || term === null || contains(english, termPattern(term));
}

function findForbidden({ pattern, why, instead }: Forbidden, passage: Passage): Finding[] {
  const { unit, file, translated } = passage;
  return translated.flatMap((chunk) => {
    const match = wholeWords(pattern).exec(chunk.text);
    if (match === null) return [];
    return [
      {
        file,
        line: lineOfMatch(chunk, match.index),
        expected: instead,
        found: `“${match[0]}”`,
        fix: `Write the glossary's term. ${why}`,
        unit,
      },
    ];
  });
}

function findLost(
  term: Term,
  tag: string,
  { unit, file, english, translated }: Passage,
): Finding[] {
  const rendering = term.translations?.[tag];
  if (term.required !== true && rendering?.required !== true) return [];
  if (!contains(english, termPattern(term))) return [];
  const use = rendering?.use ?? [term.term];
  const kept = term.keep === true ? [termPattern(term)] : [];
  const accepted = rendering?.match ?? [...kept, ...use.map(literally)].join('|');
  if (contains(translated, accepted)) return [];
  return [
    {
      file,
      line: translated[0]?.line ?? 1,
      expected: use.join(' or '),
      found: `nothing for “${term.term}”`,
      fix: term.keep === true ? 'Keep the term as it is.' : 'Do not lose the word.',
      unit,
    },
  ];
}

function contains(chunks: readonly Chunk[], pattern: string): boolean {
  return chunks.some(({ text }) => wholeWords(pattern).test(text));
}

function termPattern({ term, pattern }: Term): string {
  return pattern ?? literally(term);
}
