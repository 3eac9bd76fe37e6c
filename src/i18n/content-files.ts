/** Which pages and message files there are in each language, and what they hold. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { allLocales, locales, sourceLocale, type Locale } from './locales.ts';
import { messageUnits, type MessageUnit } from './message-units.ts';
import { splitPage, type Page } from './sections.ts';
import { parseLock, type TranslationsLock } from './translations-lock.ts';

/** Where the content lies, as a path from the working directory. */
export const contentRoot = 'content';

/** The locales that have a folder of pages or of messages, without English. */
export function translatedLocales(root = contentRoot): Locale[] {
  return allLocales
    .filter((locale) => locale !== sourceLocale)
    .filter((locale) =>
      [join(root, 'docs', locale), join(root, 'messages', locales[locale])].some(existsSync),
    );
}

/** The names of a locale's pages, such as `index` and `kubectl-proxy`. */
export function pageNames(locale: Locale, root = contentRoot): string[] {
  return listFiles(join(root, 'docs', locale), '.mdx');
}

/** The namespaces of a locale's messages, such as `interface`. */
export function namespaces(locale: Locale, root = contentRoot): string[] {
  return listFiles(join(root, 'messages', locales[locale]), '.json');
}

export function pagePath(locale: Locale, slug: string, root = contentRoot): string {
  return join(root, 'docs', locale, `${pageName(slug)}.mdx`);
}

export function messagesPath(locale: Locale, namespace: string, root = contentRoot): string {
  return join(root, 'messages', locales[locale], `${namespace}.json`);
}

/** The name of a page's file and of its entry in the lock: the home page, slug `''`, is `index`. */
export function pageName(slug: string): string {
  return slug === '' ? 'index' : slug;
}

/** The page, or null where it is not translated. */
export function readPage(locale: Locale, slug: string, root = contentRoot): Page | null {
  const path = pagePath(locale, slug, root);
  return existsSync(path) ? splitPage(readFileSync(path, 'utf8')) : null;
}

/** The messages of a namespace; none where there is no such file. */
export function readMessages(
  locale: Locale,
  namespace: string,
  root = contentRoot,
): readonly MessageUnit[] {
  const path = messagesPath(locale, namespace, root);
  return existsSync(path) ? messageUnits(readFileSync(path, 'utf8')) : [];
}

export function lockPath(root = contentRoot): string {
  return join(root, 'translations.lock.json');
}

/** The lock file; empty before the first stamp. */
export function readLock(root = contentRoot): TranslationsLock {
  const path = lockPath(root);
  return existsSync(path) ? parseLock(readFileSync(path, 'utf8')) : {};
}

function listFiles(directory: string, extension: string): string[] {
  return globSync(`**/*${extension}`, { cwd: directory })
    .map((path) => path.slice(0, -extension.length).split(sep).join('/'))
    .sort();
}
