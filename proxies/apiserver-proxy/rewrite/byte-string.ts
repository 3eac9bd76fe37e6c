/**
 * Byte strings: text with one character per byte, as Node gives header values. What is read and written
 * here may be in any encoding, and must come out as it went in.
 */

/** The UTF-8 bytes of a text. */
export function toByteString(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

export function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}
