/** The `server` of a cluster, as Go's `net/url` takes it apart. */
import type { UpstreamServer } from '../upstream.ts';
import { KubeconfigError } from './errors.ts';

/** Go refuses these before it looks at the host. */
const refusals: readonly (readonly [RegExp, (server: string) => string])[] = [
  [/[\0-\x1f\x7f]/, () => 'net/url: invalid control character in URL'],
  [/^:/, () => 'missing protocol scheme'],
  [
    /^[^/:?#]*[^A-Za-z0-9+.\-/:?#][^/:?#]*:|^[0-9+.-][^/?#]*:/,
    () => 'first path segment in URL cannot contain colon',
  ],
];

/**
 * @throws KubeconfigError as kubectl: `Unable to connect to the server: missing protocol scheme`.
 */
export function parseServer(server: string): UpstreamServer & { readonly scheme: string } {
  for (const [pattern, problem] of refusals) {
    if (pattern.test(server)) throw new KubeconfigError('address', problem(server));
  }
  const match =
    /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^/?#:]*)(?::([^/?#]*))?)?([^?#]*)/.exec(
      server,
    );
  const [, scheme = '', host = '', port = '', path = ''] = match ?? [];
  if (!/^\d*$/.test(port)) {
    throw new KubeconfigError('address', `invalid port ${JSON.stringify(`:${port}`)} after host`);
  }
  const escape = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(server);
  if (escape !== null) {
    throw new KubeconfigError('address', `invalid URL escape ${JSON.stringify(escape[0])}`);
  }
  const isTls = scheme.toLowerCase() === 'https';
  return {
    scheme: scheme.toLowerCase(),
    isTls,
    hostname: host.replace(/^\[|\]$/g, ''),
    port: port === '' ? (isTls ? 443 : 80) : Number(port),
    authority: port === '' ? host : `${host}:${port}`,
    path: path.replace(/\/+$/, ''),
  };
}
