/** Every page there is. */
import { subjects } from '../proxies/index.ts';
import { localizedPath } from '../src/i18n/links.ts';
import type { Locale } from '../src/i18n/locales.ts';

const slugs = ['', ...subjects.map(({ id }) => id)];

/** The addresses of a language's pages, in reading order. */
export function pagesIn(locale: Locale): readonly string[] {
  return slugs.map((slug) => localizedPath(locale, slug));
}

/** An address of the language where there is no page. */
export function missingPage(locale: Locale): string {
  return localizedPath(locale, 'nowhere');
}

/** What the browser says of a page that is not there, besides showing it. */
export const missing: readonly RegExp[] = [/\/nowhere\//];
