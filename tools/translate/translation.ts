/** Reads one language and its English side by side. */
import { existsSync, readFileSync } from 'node:fs';
import {
  messagesPath,
  namespaces,
  pageNames,
  pagePath,
  readMessages,
  readPage,
} from '../../src/i18n/content-files.ts';
import { locales, sourceLocale, type Locale } from '../../src/i18n/locales.ts';
import type { Finding, MessagesPair, PagePair, Translation } from './check.ts';
import { readGlossary } from './glossary.ts';

/**
 * @param root the content folder
 * @throws ContentError when a file cannot be parsed: nothing else can be said about it.
 */
export function readTranslation(locale: Locale, root: string): Translation {
  return {
    locale,
    tag: locales[locale],
    isSource: locale === sourceLocale,
    glossary: readGlossary(root),
    pages: union(pageNames(sourceLocale, root), pageNames(locale, root)).map((name) =>
      readPagePair(locale, name, root),
    ),
    messages: union(namespaces(sourceLocale, root), namespaces(locale, root)).map((namespace) =>
      readMessagesPair(locale, namespace, root),
    ),
  };
}

/** A file of the content that cannot be parsed. */
export class ContentError extends Error {
  override readonly name = 'ContentError';
  readonly finding: Finding & { readonly check: 'syntax' };

  constructor(file: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${file}: ${reason}`, { cause });
    this.finding = {
      check: 'syntax',
      file,
      line: Number(/^(\d+):\d+/u.exec(reason)?.[1] ?? 1),
      expected: 'a file that can be read',
      found: reason.split('\n')[0] ?? reason,
      fix: 'Mend its syntax.',
    };
  }
}

function readPagePair(locale: Locale, name: string, root: string): PagePair {
  const file = pagePath(locale, name, root);
  return {
    name,
    file,
    english: parsing(pagePath(sourceLocale, name, root), () => readPage(sourceLocale, name, root)),
    translated: parsing(file, () => readPage(locale, name, root)),
  };
}

function readMessagesPair(locale: Locale, namespace: string, root: string): MessagesPair {
  const file = messagesPath(locale, namespace, root);
  const english = messagesPath(sourceLocale, namespace, root);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return {
    namespace,
    file,
    english: parsing(english, () => readMessages(sourceLocale, namespace, root)),
    translated: parsing(file, () => readMessages(locale, namespace, root)),
    lineOf: (key, form = '') => findLine(lines, form === '' ? key : `${key}_${form}`),
  };
}

/** Finds each part of a dotted key after the one before it. */
function findLine(lines: readonly string[], key: string): number {
  let line = -1;
  for (const part of key.split('.')) {
    const next = lines.findIndex(
      (text, index) => index > line && text.includes(`${JSON.stringify(part)}:`),
    );
    if (next === -1) return Math.max(line + 1, 1);
    line = next;
  }
  return line + 1;
}

function parsing<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ContentError(file, error);
  }
}

function union(one: readonly string[], other: readonly string[]): string[] {
  return [...new Set([...one, ...other])];
}
