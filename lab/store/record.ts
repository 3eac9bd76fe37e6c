/**
 * The lines in which the store speaks: with its log, and with the apiservers. A record is a word, a
 * number, and where it has them a key (as JSON) and a value (the text of some JSON, on one line, which
 * nobody parses before somebody reads it).
 *
 *     put 17 "/core/configmaps/default/a" {"metadata":{"name":"a"},"data":{"b":"c"}}
 *     delete 18 "/core/configmaps/default/a"
 */

export interface StoreRecord {
  readonly word: string;
  /** A revision, mostly. */
  readonly number: number;
  /** Empty where there is none. */
  readonly key: string;
  /** Empty where there is none. */
  readonly text: string;
}

/**
 * Writes a record as a line, without its end.
 *
 * @example formatRecord('delete', 18, '/a') // 'delete 18 "/a"'
 */
export function formatRecord(word: string, number: number, key = '', text = ''): string {
  if (key === '') return `${word} ${number}`;
  const start = `${word} ${number} ${JSON.stringify(key)}`;
  return text === '' ? start : `${start} ${text}`;
}

const form = /^([a-z]+) (\d+)(?: ("(?:[^"\\]|\\.)*")(?: (.+))?)?$/s;

/** Reads a line that starts with a record at `start`; undefined where it is none. */
export function parseRecord(line: string, start = 0): StoreRecord | undefined {
  const found = form.exec(start === 0 ? line : line.slice(start));
  if (!found) return undefined;
  const [, word = '', number = '', quoted, text = ''] = found;
  const key = quoted === undefined ? '' : unquote(quoted);
  return key === undefined ? undefined : { word, number: Number(number), key, text };
}

function unquote(quoted: string): string | undefined {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    return undefined;
  }
}
