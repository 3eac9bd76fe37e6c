import { join } from 'node:path';
import { expect, test } from 'vitest';
import { literally, readGlossary, wholeWords, type Forbidden } from './glossary.ts';

const glossary = readGlossary(join(import.meta.dirname, '../../content'));
const tags = Object.keys(glossary.languages);

/** Everything a language must never write. */
function forbidden(tag: string): Forbidden[] {
  const ofTerms = glossary.terms.flatMap((term) => term.translations?.[tag]?.never ?? []);
  return [...ofTerms, ...(glossary.languages[tag]?.never ?? [])];
}

const translations = (tag: string) =>
  glossary.terms.flatMap(({ translations }) => translations?.[tag] ?? []);

test('a pattern matches whole words, letters with accents included', () => {
  expect(wholeWords('no').test('não, no')).toBe(true);
  expect(wholeWords('no').test('não')).toBe(false);
  expect(wholeWords('n').test('não')).toBe(false);
  expect(wholeWords("l'apiserver").test('L’apiserver')).toBe(true);
  expect(wholeWords('host local').test('um host\n  local')).toBe(true);
});

test('each term is there once, and kept or translated into every language', () => {
  const names = glossary.terms.map(({ term }) => term);
  expect(names).toEqual([...new Set(names)]);
  for (const { term, keep, translations } of glossary.terms) {
    if (keep !== true) expect([term, ...Object.keys(translations ?? {})]).toEqual([term, ...tags]);
  }
});

test.each(tags)('every forbidden rendering in %s finds its own example', (tag) => {
  for (const { pattern, example } of forbidden(tag)) expect(example).toMatch(wholeWords(pattern));
});

test.each(tags)('every translation into %s is recognised, and none is forbidden', (tag) => {
  for (const { use, match } of translations(tag)) {
    for (const text of use) {
      expect(text).toMatch(wholeWords(match ?? use.map(literally).join('|')));
      const found = forbidden(tag).filter(({ pattern }) => wholeWords(pattern).test(text));
      expect(found).toEqual([]);
    }
  }
});

test.each(glossary.terms)('the pattern of "$term" finds the term', ({ term, pattern }) => {
  const sample = new Map([
    ['all', 'all clients'],
    ['Service', 'Services'],
    ['if so configured', 'if so configured'],
  ]).get(term);
  expect(sample ?? term).toMatch(wholeWords(pattern ?? literally(term)));
});

test.each([
  ['it', ['IT-2', 'IT-3', 'IT-4', 'IT-5', 'IT-6', 'IT-7', 'IT-8', 'IT-9', 'IT-10', 'IT-14']],
  [
    'pt-BR',
    ['1', '3', '4', '5', '6', '7', '8', '9', '11', '12', '13', '14', '15', '16', '17', '19'].map(
      (number) => `PT-${number}`,
    ),
  ],
])('each drift of wording in specification 8 is forbidden in %s', (tag, ids) => {
  const reasons = forbidden(tag).map(({ why }) => why.split(':')[0]);
  expect(ids.filter((id) => !reasons.includes(id))).toEqual([]);
});
