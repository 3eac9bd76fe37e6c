/** The languages of the site: URL segment to BCP 47 tag. */

export const locales = { en: 'en', it: 'it', 'pt-br': 'pt-BR' } as const;

/** The segment of the URL and of `content/docs/`. */
export type Locale = keyof typeof locales;

/** The tag for `lang`, `hreflang`, `Intl` and `content/messages/`. */
export type Tag = (typeof locales)[Locale];

/** Each language's name for itself. */
export const localeNames: Readonly<Record<Locale, string>> = {
  en: 'English',
  it: 'Italiano',
  'pt-br': 'Português (Brasil)',
};

/** The language everything is written in first, and the fallback. */
export const sourceLocale: Locale = 'en';

export const allLocales = Object.keys(locales) as Locale[];

export function isLocale(segment: string): segment is Locale {
  return Object.hasOwn(locales, segment);
}
