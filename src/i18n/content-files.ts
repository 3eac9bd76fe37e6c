/** Which pages and message files there are in each language, and what they hold. */
import { existsSync, globSync, readFileSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { messageUnits, type MessageUnit } from './message-units.ts';
import { splitPage, type Page } from './sections.ts';
import { parseLock, type TranslationsLock } from './translations-lock.ts';

/** The language the others are made from. */
export const sourceLocale = 'en';

/** Where the content lies, as a path from the working directory. */
export const contentRoot = 'content';

/**
 * The language tag of a locale's folder and URL.
 *
 * @example languageTag('pt-br'); // 'pt-BR'
 */
export function languageTag(locale: string): string {
  return Intl.getCanonicalLocales(locale)[0] ?? locale;
}

/** The locales that have a folder of pages or of messages, without English. */
export function translatedLocales(root = contentRoot): string[] {
  const folders = ['docs', 'messages'].flatMap((folder) => listFolders(join(root, folder)));
  const locales = new Set(folders.map((folder) => folder.toLowerCase()));
  locales.delete(sourceLocale);
  return [...locales].sort();
}

/** The slugs of a locale's pages, such as `kubectl-proxy`. */
export function pageSlugs(locale: string, root = contentRoot): string[] {
  return listFiles(join(root, 'docs', locale), '.mdx');
}

/** The namespaces of a locale's messages, such as `interface`. */
export function namespaces(locale: string, root = contentRoot): string[] {
  return listFiles(join(root, 'messages', languageTag(locale)), '.json');
}

export function pagePath(locale: string, slug: string, root = contentRoot): string {
  return join(root, 'docs', locale, `${slug}.mdx`);
}

export function messagesPath(locale: string, namespace: string, root = contentRoot): string {
  return join(root, 'messages', languageTag(locale), `${namespace}.json`);
}

/** The page, or null where it is not translated. */
export function readPage(locale: string, slug: string, root = contentRoot): Page | null {
  const path = pagePath(locale, slug, root);
  return existsSync(path) ? splitPage(readFileSync(path, 'utf8')) : null;
}

/** The messages of a namespace; none where there is no such file. */
export function readMessages(
  locale: string,
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

function listFolders(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

function listFiles(directory: string, extension: string): string[] {
  return globSync(`**/*${extension}`, { cwd: directory })
    .map((path) => path.slice(0, -extension.length).split(sep).join('/'))
    .sort();
}
