/**
 * A message file as translators see it: one unit for each message, its plural forms together.
 *
 * The files are i18next JSON v4: nested keys, `{{placeholders}}`, plural forms as key suffixes.
 */
import * as z from 'zod';
import { contentHash } from './sections.ts';

interface MessageTree {
  readonly [key: string]: string | MessageTree;
}

const messageTreeSchema: z.ZodType<MessageTree> = z.lazy(() =>
  z.record(z.string(), z.union([z.string(), messageTreeSchema])),
);

export interface MessageUnit {
  /** The dotted key, without a plural suffix. */
  readonly key: string;
  /** The plural category of each form; a message that does not count has the one form `''`. */
  readonly forms: ReadonlyMap<string, string>;
  readonly hash: string;
}

/**
 * The units of a message file, in the order of the file.
 *
 * @example
 * messageUnits('{"a":{"b_one":"{{count}} hop","b_other":"{{count}} hops"}}');
 * // one unit: key 'a.b', forms 'one' and 'other'
 * @throws SyntaxError or z.ZodError when it is not a tree of strings.
 */
export function messageUnits(json: string): MessageUnit[] {
  const messages = flatten(messageTreeSchema.parse(JSON.parse(json)), '');
  const keys = new Set(messages.map(([key]) => key));
  const units = new Map<string, Map<string, string>>();
  for (const [key, text] of messages) {
    const { base, form } = splitPlural(key, keys);
    const forms = units.get(base) ?? new Map<string, string>();
    units.set(base, forms.set(form, text));
  }
  return [...units].map(([key, forms]) => ({ key, forms, hash: hashForms(forms) }));
}

function flatten(tree: MessageTree, prefix: string): [key: string, text: string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[prefix + key, value]] : flatten(value, `${prefix}${key}.`),
  );
}

const pluralSuffix = /^(?<base>.*?)_(?<form>(?:ordinal_)?(?:zero|one|two|few|many|other))$/u;

/** `x_one` is a plural form only beside an `x_other`: every language has that one. */
function splitPlural(key: string, keys: ReadonlySet<string>): { base: string; form: string } {
  const { base, form } = pluralSuffix.exec(key)?.groups ?? {};
  if (base === undefined || form === undefined) return { base: key, form: '' };
  const other = form.startsWith('ordinal_') ? `${base}_ordinal_other` : `${base}_other`;
  return keys.has(other) ? { base, form } : { base: key, form: '' };
}

function hashForms(forms: ReadonlyMap<string, string>): string {
  return contentHash([...forms].map(([form, text]) => `${form}: ${text}`).join('\n'));
}
