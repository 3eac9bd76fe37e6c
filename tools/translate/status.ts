/** How far each language is, and what is left to do. */
import type { TranslationState } from '../../src/i18n/freshness.ts';
import type { Locale } from '../../src/i18n/locales.ts';
import { runChecks } from './run-checks.ts';
import { isMeant, translationUnits, type Unit } from './units.ts';

export type Counts = Readonly<Record<TranslationState, number>>;

export interface Status {
  readonly locale: Locale;
  readonly sections: Counts;
  readonly messages: Counts;
  /** How many things `check` finds. */
  readonly findings: number;
  /** What is stale or missing, in the order of the English. */
  readonly work: readonly Pick<Unit, 'name' | 'kind' | 'state' | 'file'>[];
}

/** The status of a language, of all its units or of those that are meant by any of the words. */
export function translationStatus(locale: Locale, words: readonly string[], root: string): Status {
  const units = translationUnits(locale, root).filter(
    (unit) => words.length === 0 || words.some((word) => isMeant(unit, word)),
  );
  return {
    locale,
    sections: count(units.filter(({ kind }) => kind === 'section')),
    messages: count(units.filter(({ kind }) => kind === 'message')),
    findings: runChecks(locale, root).length,
    work: units
      .filter(({ state }) => state !== 'current')
      .map(({ name, kind, state, file }) => ({ name, kind, state, file })),
  };
}

/** The table of all languages, then each language's work, one unit a line. */
export function formatStatus(statuses: readonly Status[]): string {
  const heading = ['', 'sections', '', '', 'messages', '', '', 'to mend'];
  const states = ['', 'current', 'stale', 'missing', 'current', 'stale', 'missing', ''];
  const rows = statuses.map(({ locale, sections, messages, findings }) => [
    locale,
    ...[sections, messages].flatMap(({ current, stale, missing }) =>
      [current, stale, missing].map(String),
    ),
    String(findings),
  ]);
  const work = statuses.flatMap(({ locale, work: units }) => [
    ...(units.length === 0 ? [] : ['', `${locale}:`]),
    ...units.map(({ state, name }) => `  ${state.padEnd(7)}  ${name}`),
  ]);
  return [...align([heading, states, ...rows]), ...work].join('\n');
}

function count(units: readonly Unit[]): Counts {
  const of = (wanted: TranslationState) => units.filter(({ state }) => state === wanted).length;
  return { current: of('current'), stale: of('stale'), missing: of('missing') };
}

function align(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
