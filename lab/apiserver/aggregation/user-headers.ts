/** How an aggregated API server learns who asks: the headers of an authenticating proxy. */
import { encodeUtf8 } from '../../../proxies/kit/http/request-target.ts';
import type { User } from '../exchange.ts';

/**
 * The headers that name a user, as client-go writes them (`SetAuthProxyHeaders`). A name without values
 * is one that nobody else may set.
 *
 * @throws Error for a value that is none.
 */
export function userHeaders(user: User): Readonly<Record<string, readonly string[]>> {
  const headers = {
    'X-Remote-User': [user.name],
    'X-Remote-Uid': user.uid === undefined ? [] : [user.uid],
    'X-Remote-Group': user.groups,
    ...Object.fromEntries(
      Object.entries(user.extra ?? {}).map(([key, values]) => [
        `X-Remote-Extra-${escapeKey(key)}`,
        values,
      ]),
    ),
  };
  return Object.fromEntries(
    Object.entries(headers).map(([name, values]) => [
      name,
      values.map((value) => headerValue(name, value)),
    ]),
  );
}

/** The names of extra fields may be anything, those of headers not. */
function escapeKey(key: string): string {
  return encodeUtf8(key).replace(
    /[^!#$&'*+\-.^_`|~0-9A-Za-z]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

function headerValue(name: string, value: string): string {
  if (!/[\0-\x08\x0a-\x1f\x7f]/.test(value)) return encodeUtf8(value);
  throw new Error(`net/http: invalid header field value for "${name}"`);
}
