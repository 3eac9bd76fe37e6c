/**
 * A request target as Go's `net/url` reads it, on the raw bytes: one character per byte, throughout.
 * The WHATWG `URL` would resolve dot segments and rewrite escapes before anybody could judge them.
 */

export interface RequestTarget {
  /** The authority of an absolute form or of `CONNECT host:port`, which beats the Host header. */
  readonly authority: string | null;
  /** Decoded. Empty for `http://host`. */
  readonly path: string;
  /** As sent, which is not always legal. */
  readonly rawPath: string;
  /** With its question mark, as sent; empty where there is none. */
  readonly query: string;
}

/**
 * @example
 * parseRequestTarget('GET', 'http://localhost/a%2Fb?c')
 * // { authority: 'localhost', path: '/a/b', rawPath: '/a%2Fb', query: '?c' }
 * @returns null for what Go answers with `400 Bad Request`. `*` is not a target in this sense.
 */
export function parseRequestTarget(method: string, target: string): RequestTarget | null {
  if (hasControlCharacter.test(target)) return null;
  const isAuthorityForm = method === 'CONNECT' && !target.startsWith('/');
  const { authority, rest } = splitAuthority(isAuthorityForm ? `http://${target}` : target) ?? {};
  if (authority === undefined || rest === undefined) return null;

  const questionMark = rest.indexOf('?');
  const rawPath = questionMark === -1 ? rest : rest.slice(0, questionMark);
  const path = unescapePath(rawPath);
  if (path === null) return null;
  return { authority, path, rawPath, query: questionMark === -1 ? '' : rest.slice(questionMark) };
}

/** The decoded path, or null where an escape is not one. */
export function unescapePath(path: string): string | null {
  if (!path.includes('%')) return path;
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) return null;
  return path.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** A decoded path, escaped anew as Go does it: only what must be. */
export function escapePath(path: string): string {
  return path.replace(/[^A-Za-z0-9\-_.~$&+,/:;=@]/g, percentEncode);
}

/** A name as a relative reference: escaped, and with no colon that would make a scheme of it. */
export function escapeReference(name: string): string {
  const escaped = escapePath(encodeUtf8(name));
  return escaped.includes(':') ? `./${escaped}` : escaped;
}

/** The spelling the client chose, if it is legal and still says the same; else Go's own. */
export function spellPath(path: string, rawPath: string): string {
  return isLegalPath.test(rawPath) && unescapePath(rawPath) === path ? rawPath : escapePath(path);
}

/** The text of bytes in UTF-8: as in Go, each byte that belongs to no character is one U+FFFD. */
export function decodeUtf8(bytes: string): string {
  if (!isBeyondAscii.test(bytes)) return bytes;
  return bytes.replace(utf8Sequence, (sequence) => {
    const text = Buffer.from(sequence, 'latin1').toString('utf8');
    return text.includes('\ufffd') && sequence !== '\xef\xbf\xbd'
      ? '\ufffd'.repeat(sequence.length)
      : text;
  });
}

/** Text to UTF-8 bytes, one character per byte. */
export function encodeUtf8(text: string): string {
  return isBeyondAscii.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}

const hasControlCharacter = /[\0-\x20\x7f]/;
const isBeyondAscii = /[^\0-\x7f]/;
/** Go's `validEncoded`: what may stand in a path unescaped, and escapes. */
const isLegalPath = /^[A-Za-z0-9\-_.~$&+,/:;=@!'()*[\]%]*$/;
const utf8Sequence =
  /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[\x80-\xff]/g;

function percentEncode(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

interface SplitTarget {
  readonly authority: string | null;
  /** Path and query. */
  readonly rest: string;
}

function splitAuthority(target: string): SplitTarget | null {
  if (target.startsWith('/')) return { authority: null, rest: target };
  const afterScheme = /^[A-Za-z][A-Za-z0-9+.-]*:(.*)$/.exec(target)?.[1];
  if (afterScheme === undefined) return null;
  // A rootless path (`mailto:x`) is opaque to Go: no authority, no path.
  if (!afterScheme.startsWith('/'))
    return { authority: null, rest: afterScheme.replace(/^[^?]*/, '') };
  if (!afterScheme.startsWith('//')) return { authority: null, rest: afterScheme };

  const end = afterScheme.slice(2).search(/[/?]/);
  const written = end === -1 ? afterScheme.slice(2) : afterScheme.slice(2, end + 2);
  const authority = parseAuthority(written);
  return authority === null
    ? null
    : {
        authority: authority === '' ? null : authority,
        rest: afterScheme.slice(2 + written.length),
      };
}

/**
 * Host and port without user information. Stricter than Go, which decodes escapes here: nobody needs
 * an escape in the name of a proxy on this machine, and each is one more spelling to judge.
 */
function parseAuthority(written: string): string | null {
  const at = written.lastIndexOf('@');
  const host = written.slice(at + 1);
  if (at !== -1 && !/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(written.slice(0, at))) return null;
  const isLegal = host.startsWith('[')
    ? /^\[[^\]%]*\](?::[0-9]*)?$/.test(host)
    : /(?::[0-9]*|^[^:]*)$/.test(host);
  return isLegal && /^[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"\x80-\xff]*$/.test(host) ? host : null;
}
