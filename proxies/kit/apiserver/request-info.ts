/** What a request asks for, read from its path as kube-apiserver reads it (RequestInfoFactory). */

export interface RequestInfo {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly isResource: boolean;
  /** Kubernetes' verb: `get`, `list`, `watch`, `create`…; for other paths the method in small letters. */
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** Whether the path names one object. A list of one name has its name from the selector. */
  readonly isNamed: boolean;
  /** What follows the subresource: the path of a proxied request. */
  readonly rest: readonly string[];
}

const verbs: ReadonlyMap<string, string> = new Map([
  ['POST', 'create'],
  ['GET', 'get'],
  ['HEAD', 'get'],
  ['PUT', 'update'],
  ['PATCH', 'patch'],
  ['DELETE', 'delete'],
]);

/** These stand below `/namespaces/{name}/` and belong to the namespace itself. */
const namespaceSubresources = new Set(['status', 'finalize']);

/**
 * Reads a request line.
 *
 * @throws URIError when an escape of the path is malformed.
 * @example readRequest('GET', '/api/v1/namespaces/default/pods?watch=1').verb // 'watch'
 */
export function readRequest(method: string, target: string): RequestInfo {
  const mark = target.indexOf('?');
  const rawPath = mark === -1 ? target : target.slice(0, mark);
  const query = new URLSearchParams(mark === -1 ? '' : target.slice(mark + 1));
  const path = decodeURIComponent(rawPath);
  const nothing = {
    path,
    query,
    isResource: false,
    verb: method.toLowerCase(),
    group: '',
    version: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    isNamed: false,
    rest: [],
  } satisfies RequestInfo;

  const parts = path.split('/').filter((part) => part !== '');
  const [root] = parts;
  const isCore = root === 'api';
  if (!isCore && root !== 'apis') return nothing;
  if (parts.length < (isCore ? 3 : 4)) return nothing;
  const group = isCore ? '' : (parts[1] ?? '');
  const version = (isCore ? parts[1] : parts[2]) ?? '';
  let rest = parts.slice(isCore ? 2 : 3);

  let verb = verbs.get(method) ?? '';
  // The old ways to watch and to proxy: /api/v1/watch/pods, /api/v1/proxy/nodes/node-1. Upstream still reads
  // both, and serves only the first.
  const [first = ''] = rest;
  const isOldProxy = first === 'proxy' && rest.length > 1;
  if (isOldProxy || (first === 'watch' && rest.length > 1)) {
    verb = first;
    rest = rest.slice(1);
  }

  let namespace = '';
  if (rest[0] === 'namespaces') {
    namespace = rest[1] ?? '';
    const below = rest[2];
    if (below !== undefined && !namespaceSubresources.has(below)) rest = rest.slice(2);
  }

  const [resource = '', pathName = '', ...behind] = rest;
  // Behind the name that was proxied to stood a path of its own.
  const [subresource = '', ...more] = isOldProxy ? [''] : behind;
  let name = pathName;
  if (name === '' && verb === 'get') {
    verb = isTrue(query.get('watch')) ? 'watch' : 'list';
    name = nameOfFieldSelector(query.get('fieldSelector'));
  }
  if (name !== '' && verb === 'get' && subresource === '' && isTrue(query.get('watch'))) {
    verb = 'watch';
  }
  if (pathName === '' && verb === 'delete') verb = 'deletecollection';
  return {
    path,
    query,
    isResource: true,
    verb,
    group,
    version,
    namespace,
    resource,
    subresource,
    name,
    isNamed: pathName !== '',
    rest: more,
  };
}

/** Query parameters are booleans as Go's conversion reads them: present and not `false` or `0`. */
export function isTrue(value: string | null): boolean {
  return value !== null && value !== 'false' && value !== '0';
}

/** A list of one name is authorized as that name. */
function nameOfFieldSelector(selector: string | null): string {
  return /^metadata\.name==?([^,=!]+)$/.exec(selector ?? '')?.[1] ?? '';
}
