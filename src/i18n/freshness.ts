/**
 * Whether a translation still says what the English says: by content, never by date.
 *
 * Each call reads the files anew, so that the development server shows an edit at once.
 */
import {
  contentRoot,
  namespaces,
  pageName,
  readLock,
  readMessages,
  readPage,
} from './content-files.ts';
import { sourceLocale, type Locale } from './locales.ts';

/**
 * - `current`: made from the present English;
 * - `stale`: the English changed since, or nobody has stamped the translation;
 * - `missing`: not translated.
 */
export type TranslationState = 'current' | 'stale' | 'missing';

export interface SectionState {
  /** `#` for title and description, `#lead` for what precedes the first heading, else the id. */
  readonly anchor: string;
  readonly state: TranslationState;
}

export interface MessageState {
  readonly namespace: string;
  readonly key: string;
  readonly state: TranslationState;
}

/**
 * The state of each section of the English page, in its order.
 *
 * @example
 * sectionStates('it', 'kubectl-proxy');
 * // [{ anchor: '#', state: 'current' }, { anchor: 'filter', state: 'stale' }]
 */
export function sectionStates(locale: Locale, slug: string, root = contentRoot): SectionState[] {
  const english = readPage(sourceLocale, slug, root)?.sections ?? [];
  if (locale === sourceLocale) {
    return english.map(({ anchor }) => ({ anchor, state: 'current' }));
  }
  const translated = readPage(locale, slug, root)?.sections ?? [];
  const anchors = new Set(translated.map(({ anchor }) => anchor));
  const hashes = readLock(root)[locale]?.pages[pageName(slug)] ?? {};
  return english.map(({ anchor, hash }) => ({
    anchor,
    state: stateOf(anchors.has(anchor), hash, hashes[anchor]),
  }));
}

/** `missing` without a translated page, `stale` with any section that is not current. */
export function pageState(locale: Locale, slug: string, root = contentRoot): TranslationState {
  if (readPage(locale, slug, root) === null) return 'missing';
  return sectionStates(locale, slug, root).every(({ state }) => state === 'current')
    ? 'current'
    : 'stale';
}

/** The state of each English message, namespace by namespace. */
export function messageStates(locale: Locale, root = contentRoot): MessageState[] {
  const lock = readLock(root)[locale]?.messages ?? {};
  return namespaces(sourceLocale, root).flatMap((namespace) => {
    const keys = new Set(readMessages(locale, namespace, root).map(({ key }) => key));
    const hashes = lock[namespace] ?? {};
    return readMessages(sourceLocale, namespace, root).map(({ key, hash }) => ({
      namespace,
      key,
      state: locale === sourceLocale ? 'current' : stateOf(keys.has(key), hash, hashes[key]),
    }));
  });
}

function stateOf(
  isTranslated: boolean,
  english: string,
  madeFrom: string | undefined,
): TranslationState {
  if (!isTranslated) return 'missing';
  return english === madeFrom ? 'current' : 'stale';
}
