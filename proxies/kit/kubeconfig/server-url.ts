/** The `server` of a cluster, as Go's `net/url` takes it apart. */
import type { UpstreamServer } from '../upstream.ts';
import { KubeconfigError } from './errors.ts';

export interface ParsedServer extends UpstreamServer {
  /** In lower case; empty for `//host` and `/path`. */
  readonly scheme: string;
  /** As written, with its escapes and its last slash. */
  readonly writtenPath: string;
}

/** What Go refuses at first sight, in its order. */
const refusals: readonly (readonly [pattern: RegExp, problem: string])[] = [
  [/[\0-\x1f\x7f]/, 'net/url: invalid control character in URL'],
  [/^:/, 'missing protocol scheme'],
  [
    /^[^/:?#]*[^A-Za-z0-9+.\-/:?#][^/:?#]*:|^[0-9+.-][^/?#]*:/,
    'first path segment in URL cannot contain colon',
  ],
];

const shape = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)/;

/**
 * @throws KubeconfigError as kubectl: `Unable to connect to the server: missing protocol scheme`.
 */
export function parseServer(server: string): ParsedServer {
  const refused = refusals.find(([pattern]) => pattern.test(server));
  if (refused !== undefined) throw new KubeconfigError('address', refused[1]);
  const [, writtenScheme = '', authority = '', rest = ''] = shape.exec(server) ?? [];
  const { host, port } = parseAuthority(authority);
  const escape = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(rest)?.[0];
  if (escape !== undefined) {
    throw new KubeconfigError('address', `invalid URL escape ${JSON.stringify(escape)}`);
  }
  const scheme = writtenScheme.toLowerCase();
  const isTls = scheme === 'https';
  // `foo:bar` has no path at all: Go calls it opaque.
  const writtenPath = scheme === '' || rest.startsWith('/') ? rest : '';
  return {
    scheme,
    isTls,
    hostname: host.replace(/^\[|\]$/g, ''),
    port: port === '' ? (isTls ? 443 : 80) : Number(port),
    authority: port === '' ? host : `${host}:${port}`,
    path: writtenPath.replace(/\/+$/, ''),
    writtenPath,
  };
}

/** Without user and password, which kubectl does not send. */
function parseAuthority(authority: string): { readonly host: string; readonly port: string } {
  const refuse = (problem: string) => new KubeconfigError('address', problem);
  const hostAndPort = authority.slice(authority.lastIndexOf('@') + 1);
  if (hostAndPort.startsWith('[') && !hostAndPort.includes(']'))
    throw refuse("missing ']' in host");
  const [, host = '', colonPort = ''] = /^(\[.*\]|[^:]*(?:.*(?=:))?)(.*)$/s.exec(hostAndPort) ?? [];
  if (!/^(:\d*)?$/.test(colonPort)) {
    throw refuse(`invalid port ${JSON.stringify(colonPort)} after host`);
  }
  const strange = /[ "<>\\^`{|}]/.exec(host)?.[0];
  if (strange !== undefined) {
    throw refuse(`invalid character ${JSON.stringify(strange)} in host name`);
  }
  return { host, port: colonPort.slice(1) };
}
