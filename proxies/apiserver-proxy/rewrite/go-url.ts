/**
 * URLs as Go's `net/url` reads and writes them. WHATWG's `URL` resolves, normalises and refuses otherwise:
 * what a page says must come out as upstream's proxy would write it.
 */
import { escapeUrl, isWellEscaped, unescapeUrl, UrlError, type UrlPart } from './go-escapes.ts';
import { goQuote } from '../../kit/http/go-quote.ts';

/** All byte strings. */
export interface GoUrl {
  readonly scheme: string;
  /** What follows the scheme of `mailto:a@b`. */
  readonly opaque: string;
  readonly user: { readonly name: string; readonly password: string | undefined } | undefined;
  readonly host: string;
  /** Decoded. */
  readonly path: string;
  /** As it came. */
  readonly rawPath: string;
  /** With its question mark, empty where there is none. */
  readonly query: string;
  /** Decoded. */
  readonly fragment: string;
  readonly rawFragment: string;
}

/**
 * @param bytes a byte string: a URL or a reference.
 * @throws UrlError with Go's words: `parse "http://[": missing ']' in host`.
 */
export function parseGoUrl(bytes: string): GoUrl {
  const [reference, rawFragment] = cut(bytes, '#');
  const url = explain(reference, () => parseReference(reference));
  const fragment = explain(bytes, () => unescapeUrl(rawFragment, 'fragment'));
  return { ...url, fragment, rawFragment };
}

/** The URL as a byte string. */
export function writeGoUrl(url: GoUrl): string {
  const scheme = url.scheme === '' ? '' : `${url.scheme}:`;
  const rest = url.opaque === '' ? writeHierarchy(url) : url.opaque;
  const fragment = writePart(url.fragment, url.rawFragment, 'fragment');
  return `${scheme}${rest}${url.query}${fragment === '' ? '' : `#${fragment}`}`;
}

function parseReference(reference: string): Omit<GoUrl, 'fragment' | 'rawFragment'> {
  const empty = {
    scheme: '',
    opaque: '',
    user: undefined,
    host: '',
    path: '',
    rawPath: '',
    query: '',
  };
  if (/[\x00-\x1f\x7f]/.test(reference))
    throw new UrlError('net/url: invalid control character in URL');
  if (reference === '*') return { ...empty, path: '*', rawPath: '*' };
  if (reference.startsWith(':')) throw new UrlError('missing protocol scheme');
  const [, named = '', afterScheme = reference] =
    /^([A-Za-z][A-Za-z0-9+\-.]*):(.*)$/s.exec(reference) ?? [];
  const scheme = named.toLowerCase();
  const [rest] = cut(afterScheme, '?');
  const query = afterScheme.slice(rest.length);
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { ...empty, scheme, opaque: rest, query };
    if (cut(rest, '/')[0].includes(':'))
      throw new UrlError('first path segment in URL cannot contain colon');
  }
  const hasAuthority = rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'));
  const authority = hasAuthority ? cut(rest.slice(2), '/')[0] : '';
  const rawPath = hasAuthority ? rest.slice(2 + authority.length) : rest;
  return {
    ...empty,
    ...parseAuthority(authority),
    scheme,
    path: unescapeUrl(rawPath, 'path'),
    rawPath,
    query,
  };
}

function parseAuthority(authority: string): Pick<GoUrl, 'user' | 'host'> {
  const at = authority.lastIndexOf('@');
  const host = parseHost(authority.slice(at + 1));
  if (at < 0) return { user: undefined, host };
  const userinfo = authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(userinfo))
    throw new UrlError('net/url: invalid userinfo');
  const [name, password] = cut(userinfo, ':');
  const user = {
    name: unescapeUrl(name, 'userinfo'),
    password: userinfo.includes(':') ? unescapeUrl(password, 'userinfo') : undefined,
  };
  return { user, host };
}

function parseHost(host: string): string {
  if (!host.startsWith('[')) {
    const colon = host.lastIndexOf(':');
    if (colon >= 0) checkPort(host.slice(colon));
    return unescapeUrl(host, 'host');
  }
  const end = host.lastIndexOf(']');
  if (end < 0) throw new UrlError("missing ']' in host");
  checkPort(host.slice(end + 1));
  const zone = host.slice(0, end).indexOf('%25');
  if (zone < 0) return unescapeUrl(host, 'host');
  return (
    unescapeUrl(host.slice(0, zone), 'host') +
    unescapeUrl(host.slice(zone, end), 'zone') +
    unescapeUrl(host.slice(end), 'host')
  );
}

function checkPort(colonPort: string): void {
  if (!/^(:[0-9]*)?$/.test(colonPort))
    throw new UrlError(`invalid port ${goQuote(colonPort)} after host`);
}

function writeHierarchy({ scheme, user, host, path, rawPath }: GoUrl): string {
  const hasAuthority = host !== '' || user !== undefined || (scheme !== '' && path !== '');
  const authority = hasAuthority ? `//${writeUser(user)}${escapeUrl(host, 'host')}` : '';
  const written = path === '*' ? '*' : writePart(path, rawPath, 'path');
  if (host !== '' && written !== '' && !written.startsWith('/')) return `${authority}/${written}`;
  // A colon in the first segment would make it a scheme.
  const needsDot = scheme === '' && !hasAuthority && cut(written, '/')[0].includes(':');
  return `${authority}${needsDot ? './' : ''}${written}`;
}

function writeUser(user: GoUrl['user']): string {
  if (!user) return '';
  const password = user.password === undefined ? '' : `:${escapeUrl(user.password, 'userinfo')}`;
  return `${escapeUrl(user.name, 'userinfo')}${password}@`;
}

/** As it came, where that still stands for the same, else escaped anew. */
function writePart(decoded: string, raw: string, part: UrlPart): string {
  const isKept = isWellEscaped(raw, part) && isEscapeOf(raw, decoded, part);
  return isKept ? raw : escapeUrl(decoded, part);
}

function isEscapeOf(raw: string, decoded: string, part: UrlPart): boolean {
  try {
    return unescapeUrl(raw, part) === decoded;
  } catch {
    return false;
  }
}

function cut(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function explain<Result>(bytes: string, parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof UrlError)) throw error;
    throw new UrlError(`parse ${goQuote(bytes)}: ${error.message}`);
  }
}
