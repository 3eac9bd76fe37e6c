/** Which of the site's languages a request asks for. */
import Negotiator from 'negotiator';
import { allLocales, isLocale, locales, type Locale } from '../i18n/locales.ts';

/**
 * The best of the site's languages for an `Accept-Language` header, or null where none matches.
 * `*` matches nothing: who takes everything has not chosen. European Portuguese is served Brazilian.
 *
 * @example preferredLocale('pt-PT,en;q=0.5') // 'pt-br'
 */
export function preferredLocale(acceptLanguage: string | undefined): Locale | null {
  if (acceptLanguage === undefined) return null;
  const named = acceptLanguage
    .split(',')
    .filter((range) => !range.trim().startsWith('*'))
    .join(',');
  const negotiator = new Negotiator({ headers: { 'accept-language': named } });
  const best = negotiator.language([...Object.values(locales), 'pt']);
  const tag = best === 'pt' ? locales['pt-br'] : best;
  return allLocales.find((locale) => locales[locale] === tag) ?? null;
}

/** The language of a page's address, or null outside the languages' folders. */
export function localeOfPath(path: string): Locale | null {
  const [, segment = ''] = path.split('/');
  return isLocale(segment) ? segment : null;
}
