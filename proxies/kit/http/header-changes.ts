/** What a proxy did to the headers of a message: for people to read, without secrets. */
import type { HeaderChange, Hop } from '../hop.ts';
import type { Header } from './head.ts';

/** `Authorization`, `Proxy-Authorization` and all that are named so, and cookies. */
const secret = /(?:^|-)authorization$|^(?:set-)?cookie$/;

const redacted = '‹redacted›';

/** `token`, `id_token`, `client_secret`, `X-Api-Key` and their like, whichever way they are spelled. */
const secretParameter =
  /^(?:.*(?:[_.-]|%5f|%2d|%2e))?(?:token|secret|password|passwd|signature|(?:api|access)[_-]?key)$/i;

/** How a browser brings a bearer token to the apiserver: as the name of a protocol. */
const webSocketBearer = /(base64url\.bearer\.authorization\.k8s\.io\.)[^,\s]+/gi;

/**
 * @example headerChanges([], [{ name: 'Via', key: 'via', value: '1.1 me' }]).added
 * // [{ name: 'Via', to: '1.1 me' }]
 */
export function headerChanges(before: readonly Header[], after: readonly Header[]): Hop['headers'] {
  const added: HeaderChange[] = [];
  const removed: HeaderChange[] = [];
  const changed: HeaderChange[] = [];
  for (const [key, { name, value }] of byName(after)) {
    const old = byName(before).get(key);
    if (old === undefined) added.push({ name, to: shown(key, value) });
    else if (old.value !== value) {
      changed.push({ name, from: shown(key, old.value), to: shown(key, value) });
    }
  }
  const kept = byName(after);
  for (const [key, { name, value }] of byName(before)) {
    if (!kept.has(key)) removed.push({ name, from: shown(key, value) });
  }
  return { added, removed, changed };
}

function byName(headers: readonly Header[]): Map<string, { name: string; value: string }> {
  const map = new Map<string, { name: string; value: string }>();
  for (const { name, key, value } of headers) {
    const known = map.get(key);
    if (known === undefined) map.set(key, { name, value });
    else known.value += `, ${value}`;
  }
  return map;
}

/** The request target without the secrets that some put into its query. */
export function shownTarget(target: string): string {
  return target.replace(
    /([?&;])([^=&;#]*)=[^&;#]*/g,
    (parameter, separator: string, name: string) =>
      secretParameter.test(name) ? `${separator}${name}=${redacted}` : parameter,
  );
}

/** `Bearer abc` becomes `Bearer ‹redacted›`. */
function shown(key: string, value: string): string {
  if (key === 'sec-websocket-protocol') return value.replace(webSocketBearer, `$1${redacted}`);
  if (!secret.test(key)) return value;
  const scheme = /^(Bearer|Basic|Digest|Negotiate) /i.exec(value)?.[0] ?? '';
  return `${scheme}${redacted}`;
}
