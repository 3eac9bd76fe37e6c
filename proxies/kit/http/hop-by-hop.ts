/** Headers that mean one connection and must not travel further (RFC 9110, section 7.6.1). */
import type { Header } from './head.ts';

/** The list of Go's `httputil.ReverseProxy`. */
export const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const nothing: ReadonlySet<string> = new Set();

/** Lower-case names of the headers that the `Connection` headers name. */
export function namedByConnection(headers: readonly Header[]): ReadonlySet<string> {
  let named: Set<string> | null = null;
  for (const { key, value } of headers) {
    // The usual values name nothing that is not removed anyway.
    if (key !== 'connection' || value === 'keep-alive' || value === 'close') continue;
    for (const option of value.split(',')) (named ??= new Set()).add(option.trim().toLowerCase());
  }
  return named ?? nothing;
}

export function isHopByHop(key: string, named: ReadonlySet<string>): boolean {
  return hopByHop.has(key) || named.has(key);
}

/** Whether a comma-separated header holds this option, without case. */
export function hasToken(headers: readonly Header[], key: string, token: string): boolean {
  return headers.some(
    (header) =>
      header.key === key &&
      header.value.split(',').some((part) => part.trim().toLowerCase() === token),
  );
}
