/** Who may talk to the server at all: no rebound name, no foreign page. */
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { LiveError } from './live-error.ts';

/**
 * Refuses a `Host` that is a name we were not given. A page of another site can make its own name
 * resolve to this machine (DNS rebinding), but it cannot send an address or a name that is not its own.
 *
 * @param names Names beside `localhost` and plain addresses, in lower case.
 * @throws LiveError `foreign-host`
 */
export function checkHost(host: string | undefined, names: ReadonlySet<string>): void {
  const name = hostname(host);
  const isOurs = name === 'localhost' || isIP(name) !== 0 || names.has(name);
  if (!isOurs) throw new LiveError('foreign-host', { host: name });
}

/**
 * Refuses requests that a page of another origin makes in the reader's browser (CSRF). Browsers send
 * `Origin` with every request that can change something, and `Sec-Fetch-Site` with all of them; a
 * command line sends neither.
 *
 * @throws LiveError `foreign-origin`
 */
export function checkOrigin(headers: IncomingHttpHeaders): void {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  const isForeign =
    (origin !== undefined && URL.parse(origin)?.host !== host?.toLowerCase()) ||
    (site !== undefined && site !== 'same-origin' && site !== 'none');
  if (isForeign) throw new LiveError('foreign-origin', { origin: origin ?? String(site) });
}

/** The name in a `Host` header, without port and brackets, in lower case; empty where malformed. */
function hostname(host: string | undefined): string {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/.exec(
    host?.toLowerCase() ?? '',
  );
  return match?.[1] ?? match?.[2] ?? '';
}
