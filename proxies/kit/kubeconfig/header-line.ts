/** A credential as a header line, safe to write one character per byte. */
import type { HeaderLine } from '../upstream.ts';

/** What Go's `httpguts.ValidHeaderFieldValue` refuses: a value must not become a line of its own. */
const illegal = /[\0-\x08\x0a-\x1f\x7f]/;
const isBeyondAscii = /[^\0-\x7f]/;

/**
 * The value goes out as UTF-8, as Go sends it: cut to one byte, `Łdmin` would become another user.
 *
 * @throws Error for a value with a line break or another control character, in Go's words.
 */
export function headerLine(name: string, value: string): HeaderLine {
  if (illegal.test(value)) throw new Error(`net/http: invalid header field value for "${name}"`);
  return [name, isBeyondAscii.test(value) ? Buffer.from(value, 'utf8').toString('latin1') : value];
}
