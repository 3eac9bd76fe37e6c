/**
 * How the addresses in an answer become addresses that lead through the proxy again (specification 2.7):
 * those of the target's own, by an absolute path, get the proxy's prefix; all others stay.
 */
import { StatusError } from '../../kit/api/status-error.ts';
import { toByteString } from './byte-string.ts';
import { UrlError } from './go-escapes.ts';
import { parseGoUrl, writeGoUrl, type GoUrl } from './go-url.ts';

export interface RewriterOptions {
  /** `host:port` that was dialled. */
  readonly sourceHost: string;
  /** The request's Host. */
  readonly requestHost: string;
  /** The decoded path up to and with `/proxy`. */
  readonly prefix: string;
  /** How clients reach the proxy; empty: rewritten addresses keep to scheme and host of the page. */
  readonly scheme?: string;
  readonly host?: string;
}

/** Values are byte strings, as Node gives headers: one character per byte. */
export interface Rewriter {
  /** @throws StatusError 500 InternalError for what is no URL. */
  readonly location: (value: string) => string;
  /** What is no URL stays as it is. */
  readonly url: (value: string) => string;
}

/**
 * @example
 * const { url } = createRewriter({ sourceHost: '10.0.0.1:80', requestHost: 'h', prefix: '/p/proxy' });
 * url('/a?b'); // '/p/proxy/a?b'
 * url('http://example.com/a'); // 'http://example.com/a'
 */
export function createRewriter(options: RewriterOptions): Rewriter {
  const rule = { ...options, prefix: toByteString(options.prefix) };
  return {
    location: (value) => {
      try {
        return rewrite(parseGoUrl(value), rule);
      } catch (error) {
        if (!(error instanceof UrlError)) throw error;
        throw unparsable(error);
      }
    },
    url: (value) => {
      try {
        return rewrite(parseGoUrl(value), rule);
      } catch (error) {
        if (!(error instanceof UrlError)) throw error;
        return value;
      }
    },
  };
}

function rewrite(url: GoUrl, rule: RewriterOptions): string {
  const { sourceHost, requestHost, prefix, scheme = '', host = '' } = rule;
  const isElsewhere = url.host !== '' && url.host !== sourceHost && url.host !== requestHost;
  if (isElsewhere || !url.path.startsWith('/')) return writeGoUrl(url);
  const isReachedAsNamed = url.host === requestHost && scheme === '' && host === '';
  const placed = isReachedAsNamed ? url : { ...url, scheme, host };
  if (url.path.startsWith(prefix)) return writeGoUrl(placed);
  return writeGoUrl({ ...placed, path: joinPaths(prefix, url.path) });
}

/** Go's `path.Join` of two absolute paths, with the slash at the end that it takes away. */
function joinPaths(prefix: string, path: string): string {
  const segments: string[] = [];
  for (const segment of `${prefix}/${path}`.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  const joined = `/${segments.join('/')}`;
  return path.endsWith('/') ? `${joined}/` : joined;
}

function unparsable({ message }: UrlError): StatusError {
  const text = `error trying to parse Location header: ${message}`;
  return new StatusError(500, 'InternalError', `Internal error occurred: ${text}`, {
    causes: [{ message: text }],
  });
}
