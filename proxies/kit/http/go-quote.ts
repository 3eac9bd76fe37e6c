/** Go's `strconv.Quote`, in whose form its error messages show what they are about. */
import { isUtf8 } from 'node:buffer';

const named: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/**
 * @param bytes a byte string.
 * @returns text.
 * @example goQuote('a\x00"') // '"a\\x00\\""'
 */
export function goQuote(bytes: string): string {
  const raw = Buffer.from(bytes, 'latin1');
  const characters = Array.from(isUtf8(raw) ? raw.toString('utf8') : bytes);
  return `"${characters.map((character) => quoteCharacter(character, isUtf8(raw))).join('')}"`;
}

function quoteCharacter(character: string, isText: boolean): string {
  const known = named[character];
  if (known !== undefined) return known;
  const code = character.codePointAt(0) ?? 0;
  if (
    code < 0x80
      ? code >= 0x20 && code !== 0x7f
      : isText && /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(character)
  )
    return character;
  const hex = (digits: number) => code.toString(16).padStart(digits, '0');
  if (code < 0x80 || !isText) return `\\x${hex(2)}`;
  return code > 0xffff ? `\\U${hex(8)}` : `\\u${hex(4)}`;
}
