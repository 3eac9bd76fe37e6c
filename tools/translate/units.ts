/** The work of a language, unit by unit: each section of a page and each message. */
import { join, resolve } from 'node:path';
import {
  messagesPath,
  namespaces,
  pageNames,
  pagePath,
  readMessages,
  readPage,
} from '../../src/i18n/content-files.ts';
import { messageStates, sectionStates, type TranslationState } from '../../src/i18n/freshness.ts';
import { sourceLocale, type Locale } from '../../src/i18n/locales.ts';
import { messageUnit, sectionUnit } from './check.ts';

export interface Unit {
  /** `kubectl-proxy#filter` or `interface:search.none`. */
  readonly name: string;
  readonly kind: 'section' | 'message';
  /** The page or the namespace. */
  readonly group: string;
  /** The anchor or the key. */
  readonly key: string;
  /** The translation's file. */
  readonly file: string;
  readonly state: TranslationState;
  /** The hash of the present English. */
  readonly english: string;
}

/** Every section and message of the English, with its state in a language. */
export function translationUnits(locale: Locale, root: string): Unit[] {
  return [...sectionUnits(locale, root), ...messageUnits(locale, root)];
}

/**
 * Whether a unit is meant by a word of the command line: its name, the page, the namespace, a
 * branch of keys, or the path of a file or folder.
 *
 * @example isMeant(unit, 'kubectl-proxy#filter') && isMeant(unit, 'content/docs/it');
 */
export function isMeant({ name, file }: Pick<Unit, 'name' | 'file'>, word: string): boolean {
  const path = resolve(word);
  return (
    name === word ||
    ['#', ':', '.'].some((separator) => name.startsWith(word + separator)) ||
    resolve(file) === path ||
    resolve(file).startsWith(join(path, '/'))
  );
}

function sectionUnits(locale: Locale, root: string): Unit[] {
  return pageNames(sourceLocale, root).flatMap((group) => {
    const hashes = new Map(
      readPage(sourceLocale, group, root)?.sections.map(({ anchor, hash }) => [anchor, hash]),
    );
    return sectionStates(locale, group, root).map(({ anchor, state }) => ({
      name: sectionUnit(group, anchor),
      kind: 'section' as const,
      group,
      key: anchor,
      file: pagePath(locale, group, root),
      state,
      english: hashes.get(anchor) ?? '',
    }));
  });
}

function messageUnits(locale: Locale, root: string): Unit[] {
  const hashes = new Map(
    namespaces(sourceLocale, root).flatMap((namespace) =>
      readMessages(sourceLocale, namespace, root).map(({ key, hash }) => [
        messageUnit(namespace, key),
        hash,
      ]),
    ),
  );
  return messageStates(locale, root).map(({ namespace, key, state }) => ({
    name: messageUnit(namespace, key),
    kind: 'message' as const,
    group: namespace,
    key,
    file: messagesPath(locale, namespace, root),
    state,
    english: hashes.get(messageUnit(namespace, key)) ?? '',
  }));
}
