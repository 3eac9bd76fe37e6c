/** What the site says in a language, from the message files that it says it with. */
import { loadMessages } from '../proxies/kit/messages.ts';
import { locales, type Locale } from '../src/i18n/locales.ts';

export interface Sayings {
  /** A message as plain text: marks of inline code are not read out. */
  readonly say: (key: string, values?: Readonly<Record<string, unknown>>) => string;
  /** A message whatever its values are. */
  readonly like: (key: string) => RegExp;
}

/** @throws where no language has the message. */
export function sayings(locale: Locale): Sayings {
  const messages = loadMessages(locales[locale]);
  const find = (key: string, values?: Readonly<Record<string, unknown>>): string => {
    if (!messages.has(key)) throw new Error(`no message ${key}`);
    return messages.say(key, values).replaceAll('`', '');
  };
  return {
    say: find,
    like: (key) => {
      const parts = find(key, { skipInterpolation: true })
        .split(/\{\{[^}]+\}\}/)
        .map((part) => RegExp.escape(part));
      return new RegExp(parts.join('.+'), 's');
    },
  };
}
