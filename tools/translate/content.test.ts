/** The content of this repository, in every language that has begun. */
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { readLock, translatedLocales } from '../../src/i18n/content-files.ts';
import { sourceLocale } from '../../src/i18n/locales.ts';
import { formatFinding, runChecks } from './run-checks.ts';
import { translationUnits } from './units.ts';

const root = relative('', join(import.meta.dirname, '../../content'));
const translated = translatedLocales(root);

test.each([sourceLocale, ...translated])('there is nothing to mend in %s', (locale) => {
  expect(runChecks(locale, root).map(formatFinding)).toEqual([]);
});

test.each(translated)('every translation into %s was stamped', (locale) => {
  const lock = readLock(root)[locale];
  const unstamped = translationUnits(locale, root).filter(({ kind, group, key }) => {
    const groups = kind === 'section' ? lock?.pages : lock?.messages;
    return groups?.[group]?.[key] === undefined;
  });
  expect(unstamped.map(({ name }) => name)).toEqual([]);
});
