/** The pages of the site: every English page in every language, translated or not yet. */
import { getCollection, getEntry, type CollectionEntry } from 'astro:content';
import type { Descriptor } from '../proxies/descriptor.ts';
import { proxies, subjects, type Subject } from '../proxies/index.ts';
import { allLocales, sourceLocale, type Locale } from './i18n/locales.ts';

export interface Page {
  /** The reader's language: that of the interface and of the address. */
  readonly locale: Locale;
  /** The language of the text: English where there is no translation yet. */
  readonly textLocale: Locale;
  /** Empty for the home page. */
  readonly slug: string;
  readonly entry: CollectionEntry<'docs'>;
  /** What the page is about: a proxy, or a topic that states something; undefined for the home page. */
  readonly subject: Subject | undefined;
  /** The proxy that the page is about. */
  readonly proxy: Descriptor | undefined;
}

/** Every page in every language, in reading order: home, the proxies, the topics. */
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
      const subject = subjects.find(({ id }) => id === slug);
      const textLocale = translation ? locale : sourceLocale;
      return [{ locale, textLocale, slug, entry, subject, proxy }];
    }),
  );
}

/** The prose of a page: in the language, or in English. */
export async function proseOf(
  locale: Locale,
  slug: string,
): Promise<CollectionEntry<'docs'> | undefined> {
  const translation = await getEntry('docs', `${locale}/${slug}`);
  return translation ?? getEntry('docs', `${sourceLocale}/${slug}`);
}

/** Of every page there is, in reading order; the home page has none. */
export const slugs: readonly string[] = ['', ...subjects.map(({ id }) => id)];
