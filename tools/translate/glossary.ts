/** The terms of the site, read from `content/glossary.json`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/**
 * A JavaScript regular expression, matched on whole words, in any case. A space matches any run of
 * white space, `'` also the typographic apostrophe, and inline code matches nothing.
 */
const patternSchema = z.string().refine(compiles, 'not a regular expression');

const forbiddenSchema = z.strictObject({
  pattern: patternSchema,
  /** A sentence that the pattern finds. */
  example: z.string(),
  why: z.string(),
  instead: z.string(),
  /** Only where the English has the term; without it, everywhere. */
  when: z.literal('term').optional(),
});

const translationSchema = z.strictObject({
  /** The one translation, or the few that are told apart in the note. */
  use: z.array(z.string()).min(1),
  /** How to recognise it, inflected; without it, as it is written. */
  match: patternSchema.optional(),
  /** Where the English has the term, the translation must have this. */
  required: z.boolean().optional(),
  note: z.string().optional(),
  never: z.array(forbiddenSchema).optional(),
});

const termSchema = z.strictObject({
  term: z.string(),
  /** How to recognise it in English, inflected; without it, as it is written. */
  pattern: patternSchema.optional(),
  note: z.string().optional(),
  /** Kept as it is in every language. */
  keep: z.boolean().optional(),
  /** Of a term that is kept: it must appear wherever the English has it. */
  required: z.boolean().optional(),
  /** By language tag. */
  translations: z.record(z.string(), translationSchema).optional(),
});

export const glossarySchema = z.strictObject({
  /** What holds for a language as a whole, by tag. */
  languages: z.record(
    z.string(),
    z.strictObject({ note: z.string(), never: z.array(forbiddenSchema) }),
  ),
  terms: z.array(termSchema),
});

export type Glossary = z.infer<typeof glossarySchema>;
export type Term = Glossary['terms'][number];
export type Forbidden = z.infer<typeof forbiddenSchema>;

/**
 * Reads the glossary of a content folder.
 *
 * @throws SyntaxError or z.ZodError with the path of the entry that is wrong.
 */
export function readGlossary(root: string): Glossary {
  return glossarySchema.parse(JSON.parse(readFileSync(join(root, 'glossary.json'), 'utf8')));
}

/**
 * The expression a pattern of the glossary stands for.
 *
 * @example wholeWords("nodi?").test('i nodi'); // true
 * @example wholeWords("no").test('não'); // false: letters with accents are letters
 */
export function wholeWords(pattern: string): RegExp {
  const source = pattern.replaceAll("'", "['’]").replaceAll(' ', '\\s+');
  return new RegExp(`(?<![\\p{L}\\p{M}\\d])(?:${source})(?![\\p{L}\\p{M}\\d])`, 'iu');
}

/** The pattern of a term that is written as it is. */
export function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');
}

function compiles(pattern: string): boolean {
  try {
    wholeWords(pattern);
    return true;
  } catch {
    return false;
  }
}
