/** The escapes of Go's `net/url`, part by part of a URL: which bytes stay, and which become `%XX`. */
import { goQuote } from '../../kit/http/go-quote.ts';

export type UrlPart = 'path' | 'host' | 'zone' | 'userinfo' | 'fragment';

/** What Go cannot read as a URL, in its words. */
export class UrlError extends Error {}

/** What stays as it is when Go writes a part. */
const unescaped: Readonly<Record<UrlPart, RegExp>> = {
  path: /^[A-Za-z0-9\-_.~$&+,/:;=@]*$/,
  host: /^[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]*$/,
  zone: /^[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]*$/,
  userinfo: /^[A-Za-z0-9\-_.~$&+,;=]*$/,
  fragment: /^[A-Za-z0-9\-_.~$&+,/:;=?@!()*]*$/,
};

/** These do no harm where they stand already, though Go would escape some of them. */
const tolerated = /[!$&'()*+,;=:@[\]%]/g;

/** @param bytes a byte string. */
export function escapeUrl(bytes: string, part: UrlPart): string {
  if (unescaped[part].test(bytes)) return bytes;
  let written = '';
  for (const byte of bytes) written += mustEscape(byte, part) ? percent(byte) : byte;
  return written;
}

/**
 * @param bytes a byte string with `%XX`.
 * @throws UrlError
 */
export function unescapeUrl(bytes: string, part: UrlPart): string {
  const isHost = part === 'host' || part === 'zone';
  if (!isHost && !bytes.includes('%')) return bytes;
  let decoded = '';
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes.charAt(at);
    if (byte !== '%') {
      if (isHost && byte < '\x80' && mustEscape(byte, part))
        throw new UrlError(`invalid character ${goQuote(byte)} in host name`);
      decoded += byte;
      continue;
    }
    const escape = bytes.slice(at, at + 3);
    if (!/^%[0-9a-fA-F]{2}$/.test(escape)) throw invalidEscape(escape);
    const value = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    // In a host only bytes beyond ASCII may be escaped, and the percent sign before a zone.
    if (part === 'host' && value < '\x80' && escape !== '%25') throw invalidEscape(escape);
    if (part === 'zone' && escape !== '%25' && value !== ' ' && mustEscape(value, 'host'))
      throw invalidEscape(escape);
    decoded += value;
    at += 2;
  }
  return decoded;
}

/** Whether a part that came escaped may go out as it came. */
export function isWellEscaped(bytes: string, part: UrlPart): boolean {
  return unescaped[part].test(bytes.replace(tolerated, ''));
}

function mustEscape(byte: string, part: UrlPart): boolean {
  return !unescaped[part].test(byte);
}

function percent(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function invalidEscape(escape: string): UrlError {
  return new UrlError(`invalid URL escape ${goQuote(escape)}`);
}
