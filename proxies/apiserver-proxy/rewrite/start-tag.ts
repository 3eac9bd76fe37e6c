/** Writes a start tag as Go's `html.Token` does. */
import { isAscii as isAsciiBytes, isUtf8 } from 'node:buffer';
import { Tokenizer, type Token } from 'parse5';
import { isAscii, toByteString } from './byte-string.ts';
import { linkAttributes } from './link-attributes.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  "'": '&#39;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  '\r': '&#13;',
};

/**
 * @param raw the tag as it came.
 * @param seen what the tokenizer made of its bytes, one character each.
 * @param url rewrites the value of a link: a byte string.
 */
export function writeTag(
  raw: Buffer,
  seen: Token.TagToken,
  url: (value: string) => string,
): Buffer {
  const { tag, encode } = readTag(raw, seen);
  const links = Object.hasOwn(linkAttributes, tag.tagName)
    ? linkAttributes[tag.tagName]
    : undefined;
  const attributes = tag.attrs.map(({ name, value }) => {
    const bytes = encode(value);
    return ` ${encode(name)}="${escapeHtml(links?.includes(name) ? url(bytes) : bytes)}"`;
  });
  const end = tag.selfClosing ? '/>' : '>';
  return Buffer.from(`<${encode(tag.tagName)}${attributes.join('')}${end}`, 'latin1');
}

interface ReadTag {
  readonly tag: Token.TagToken;
  /** Makes bytes of what the tag says. */
  readonly encode: (text: string) => string;
}

function readTag(raw: Buffer, seen: Token.TagToken): ReadTag {
  if (isAsciiBytes(raw)) return { tag: seen, encode: toByteString };
  if (isUtf8(raw)) return { tag: tokenizeTag(raw.toString('utf8')) ?? seen, encode: toByteString };
  // Of a page in another encoding: its bytes stay, and entities for what it lacks are UTF-8, as upstream's.
  return { tag: seen, encode: encodeBytes };
}

function tokenizeTag(text: string): Token.TagToken | undefined {
  let tag: Token.TagToken | undefined;
  const ignore = () => undefined;
  const tokenizer = new Tokenizer(
    {},
    {
      onStartTag: (token) => (tag = token),
      onEndTag: ignore,
      onCharacter: ignore,
      onWhitespaceCharacter: ignore,
      onNullCharacter: ignore,
      onComment: ignore,
      onDoctype: ignore,
      onEof: ignore,
    },
  );
  tokenizer.write(text, true);
  return tag;
}

function encodeBytes(text: string): string {
  if (isAscii(text)) return text;
  return Array.from(text, (character) =>
    character <= '\xff' ? character : toByteString(character),
  ).join('');
}

function escapeHtml(bytes: string): string {
  return bytes.replace(/[&'<>"\r]/g, (character) => entities[character] ?? character);
}
