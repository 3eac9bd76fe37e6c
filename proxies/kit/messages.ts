/** The messages of the command line, in the user's language: `content/messages/<tag>/*.json`. */
import { readdirSync, readFileSync } from 'node:fs';
import i18next, { type i18n, type ResourceLanguage } from 'i18next';

/** The languages that have messages; the first is the one the others fall back to. */
export const messageTags = ['en', 'it', 'pt-BR'] as const;

export type MessageTag = (typeof messageTags)[number];

export interface Messages {
  readonly tag: MessageTag;
  /**
   * The message of a key such as `tables:flags.port`, with its values.
   *
   * @returns the key itself where no language has it.
   */
  say(key: string, values?: Readonly<Record<string, unknown>>): string;
  has(key: string): boolean;
}

/**
 * The language a POSIX environment asks for, `null` where it asks for none (`C`, `POSIX`, unset).
 * A language without messages is English.
 *
 * @example localeFromEnvironment({ LANG: 'pt_BR.UTF-8' }) // 'pt-BR'
 */
export function localeFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): MessageTag | null {
  const wanted = [env.LC_ALL, env.LC_MESSAGES, env.LANG].find((value) => value);
  const [name = ''] = (wanted ?? '').split(/[.@]/);
  if (/^(C|POSIX)?$/.test(name)) return null;
  const language = name.split('_')[0]?.toLowerCase();
  return messageTags.find((tag) => tag.split('-')[0] === language) ?? 'en';
}

/** Reads the messages of a language, and English behind them. */
export function loadMessages(tag: MessageTag): Messages {
  const instance: i18n = i18next.createInstance();
  const [fallback] = messageTags;
  void instance.init({
    lng: tag,
    fallbackLng: fallback,
    initAsync: false,
    defaultNS: 'errors',
    interpolation: { escapeValue: false },
    resources: { [fallback]: readLanguage(fallback), [tag]: readLanguage(tag) },
  });
  return {
    tag,
    say: (key, values) => instance.t(key, { ...values }),
    has: (key) => instance.exists(key),
  };
}

const directory = new URL('../../content/messages/', import.meta.url);

function readLanguage(tag: MessageTag): ResourceLanguage {
  const folder = new URL(`${tag}/`, directory);
  const files = listJson(folder);
  return Object.fromEntries(
    files.map((file) => [
      file.replace(/\.json$/, ''),
      JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as ResourceLanguage,
    ]),
  );
}

/** A language whose files are not written yet has no folder: English speaks for it. */
function listJson(folder: URL): string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith('.json'));
  } catch {
    return [];
  }
}
