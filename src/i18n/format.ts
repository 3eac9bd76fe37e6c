/** Lists, dates and numbers as each language writes them. */
import { locales, type Locale } from './locales.ts';

/** @example list('it', ['a', 'b', 'c']) // 'a, b e c' */
export function list(locale: Locale, items: readonly string[]): string {
  return new Intl.ListFormat(locales[locale], { type: 'conjunction' }).format(items);
}

/** @example date('pt-br', new Date('2026-11-22')) // '22 de novembro de 2026' */
export function date(locale: Locale, when: Date): string {
  return new Intl.DateTimeFormat(locales[locale], { dateStyle: 'long', timeZone: 'UTC' }).format(
    when,
  );
}
