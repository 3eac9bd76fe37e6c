/** The pages of the site: every English page in every language, translated or not yet. */
import { getCollection, type CollectionEntry } from 'astro:content';
import type { Descriptor } from '../proxies/descriptor.ts';
import { proxies } from '../proxies/index.ts';
import { allLocales, sourceLocale, type Locale } from './i18n/locales.ts';

export interface Page {
  /** The reader's language: that of the interface and of the address. */
  readonly locale: Locale;
  /** The language of the text: English where there is no translation yet. */
  readonly textLocale: Locale;
  /** Empty for the home page. */
  readonly slug: string;
  readonly entry: CollectionEntry<'docs'>;
  /** The proxy that the page is about. */
  readonly proxy: Descriptor | undefined;
}

/** Every page in every language, in reading order: home, then the proxies. */
export async function allPages(): Promise<Page[]> {
  const entries = await getCollection('docs');
  const find = (locale: Locale, slug: string) =>
    entries.find(({ id }) => id === `${locale}/${slug === '' ? 'index' : slug}`);
  return allLocales.flatMap((locale) =>
    slugs.flatMap((slug) => {
      const translation = find(locale, slug);
      const entry = translation ?? find(sourceLocale, slug);
      if (!entry) return [];
      const proxy = proxies.find(({ id }) => id === slug);
      return [{ locale, textLocale: translation ? locale : sourceLocale, slug, entry, proxy }];
    }),
  );
}

const slugs = ['', ...proxies.map(({ id }) => id)];
