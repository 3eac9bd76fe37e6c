/**
 * Byte strings: text with one character per byte, as Node gives header values. What is read and written
 * here may be in any encoding, and must come out as it went in.
 */

/** The UTF-8 bytes of a text. */
export function toByteString(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').latin1Slice();
}

/** The text whose UTF-8 these bytes are; what is not UTF-8 becomes U+FFFD. */
export function fromByteString(bytes: string): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}

export function isAscii(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- all of ASCII is meant
  return /^[\x00-\x7f]*$/.test(text);
}
