/** The messages of the site, from the same JSON files that the command line and the server read. */
import i18next, { type i18n } from 'i18next';
import type { Value } from '../../proxies/descriptor.ts';
import type interfaceMessages from '../../content/messages/en/interface.json';
import { locales, sourceLocale, type Locale } from './locales.ts';

type Leaves<T, Prefix extends string = ''> = T extends string
  ? Prefix
  : {
      [K in keyof T & string]: Leaves<T[K], Prefix extends '' ? K : `${Prefix}.${K}`>;
    }[keyof T & string];

type WithoutPlural<K extends string> = K extends `${infer Base}_${'one' | 'many' | 'other'}`
  ? Base
  : K;

/** Keys of the interface are checked by the compiler; those of descriptors by a test. */
export type MessageKey =
  | `interface:${WithoutPlural<Leaves<typeof interfaceMessages>>}`
  | `${'claims' | 'tables' | 'examples' | 'hops'}:${string}`;

export type MessageValues = Readonly<Record<string, Value>>;

/**
 * Looks a message up. A key that no language has is a defect, and throws.
 *
 * @example translate('it')('interface:claims.run') // 'Esegui'
 */
export type Translate = (key: MessageKey, values?: MessageValues) => string;

/** The messages of one language; what it lacks is English. */
export function translate(locale: Locale): Translate {
  const instance = instanceOf(locale);
  return (key, values = {}) => {
    if (!instance.exists(key, values))
      throw new Error(`no message ${key}: add it in English first`);
    return instance.t(key, values);
  };
}

/** Whether there is such a message at all: for keys that a proof makes up while it runs. */
export function hasMessage(locale: Locale, key: MessageKey): boolean {
  return instanceOf(locale).exists(key);
}

const files = import.meta.glob<Record<string, unknown>>('/content/messages/*/*.json', {
  eager: true,
  import: 'default',
});

const instances = new Map<Locale, i18n>();

function instanceOf(locale: Locale): i18n {
  const known = instances.get(locale);
  if (known) return known;
  const instance = i18next.createInstance();
  void instance.init({
    lng: locales[locale],
    fallbackLng: locales[sourceLocale],
    initAsync: false,
    interpolation: { escapeValue: false },
    resources: resources(),
  });
  instances.set(locale, instance);
  return instance;
}

/** `/content/messages/<tag>/<namespace>.json` as i18next wants it: tag, namespace, messages. */
function resources(): Record<string, Record<string, Record<string, unknown>>> {
  const byTag: Record<string, Record<string, Record<string, unknown>>> = {};
  for (const [path, messages] of Object.entries(files)) {
    const [tag, file] = path.split('/').slice(-2);
    if (tag === undefined || file === undefined) continue;
    (byTag[tag] ??= {})[file.replace(/\.json$/, '')] = messages;
  }
  return byTag;
}
