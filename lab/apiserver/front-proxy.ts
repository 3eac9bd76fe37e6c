/** `--requestheader-…`: a front proxy, known by its certificate, says in headers who its client is. */
import {
  clientCertificateOf,
  readAuthorities,
} from '../../proxies/kit/apiserver/client-certificates.ts';
import type { HttpRequest } from '../../proxies/kit/http/server-exchange.ts';
import { connectionOf, type User } from './exchange.ts';
import type { RequestHeaderOptions } from './options.ts';

/** Reads the user from the headers of a front proxy; undefined for everybody else. */
export function createFrontProxyReader(
  options: RequestHeaderOptions,
): (request: HttpRequest) => User | undefined {
  const authorities = readAuthorities(options.clientCa);
  const { allowedNames, usernameHeaders, uidHeaders, groupHeaders } = options;
  return (request) => {
    const certificate = clientCertificateOf(connectionOf(request));
    if (!certificate?.isIssuedBy(authorities)) return undefined;
    if (allowedNames.length > 0 && !allowedNames.includes(certificate.commonName)) return undefined;
    const headers = readHeaders(request);
    const first = (names: readonly string[]) =>
      names.flatMap((name) => headers.filter((header) => header.name === name))[0]?.value;
    const name = first(usernameHeaders) ?? '';
    if (name === '') return undefined;
    const groups = headers
      .filter((header) => groupHeaders.includes(header.name))
      .map(({ value }) => value);
    const uid = first(uidHeaders);
    const extra = extraOf(headers, options.extraHeadersPrefixes);
    return { name, groups, ...(uid ? { uid } : {}), ...(extra ? { extra } : {}) };
  };
}

interface Header {
  readonly name: string;
  readonly value: string;
}

/** From the raw headers: a group's name may have a comma in it. */
function readHeaders({ rawHeaders }: HttpRequest): readonly Header[] {
  return rawHeaders.flatMap((raw, index) =>
    index % 2 === 1 ? [] : [{ name: raw.toLowerCase(), value: rawHeaders[index + 1] ?? '' }],
  );
}

function extraOf(
  headers: readonly Header[],
  prefixes: readonly string[],
): Readonly<Record<string, readonly string[]>> | undefined {
  const pairs = headers.flatMap(({ name, value }) => {
    const prefix = prefixes.find((one) => name.startsWith(one));
    return prefix === undefined ? [] : [{ key: unescape(name.slice(prefix.length)), value }];
  });
  if (pairs.length === 0) return undefined;
  const grouped = Map.groupBy(pairs, ({ key }) => key);
  return Object.fromEntries(
    [...grouped].map(([key, values]) => [key, values.map(({ value }) => value)]),
  );
}

/** What is no escape stays as it is. */
function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
