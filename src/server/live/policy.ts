/** Which requests of a visitor may go through a proxy: nothing leaves the lab, nothing of others changes. */
import { LiveError } from './live-error.ts';

export interface VisitorRequest {
  readonly method: string;
  /** The raw request target behind `/live/via/<proxy>`. */
  readonly target: string;
}

/** What a request does, once it is allowed. `namespace`: what a write's path names, if it names one. */
export type Permitted =
  | { readonly kind: 'read' }
  /** A write that the apiserver only tries: `dryRun=All`. */
  | { readonly kind: 'trial' }
  | { readonly kind: 'write'; readonly namespace: string | null };

const maxTargetLength = 4096;
/** RFC 3986, 3.3: segments of pchar. */
const plainPath = /^\/[\w\-.~!$&'()*+,;=:@%/]*$/;
const plainQuery = /^(?:\?[!$-~]*)?$/;

/** Paths that hand the request on to somebody else: outside the lab, they could be anybody. */
const reachesFurther = new Set(['exec', 'attach', 'portforward', 'proxy']);

/**
 * Reads are free except for secrets, and for what reaches further than the apiserver. For a write, the
 * caller compares the namespace with the visitor's.
 *
 * @throws LiveError `bad-path` for a target that two programs could read in two ways; `too-long`;
 *   `secret`; `reaches-further`
 */
export function permit({ method, target }: VisitorRequest): Permitted {
  const segments = segmentsOf(target);
  if (segments.includes('secrets')) throw new LiveError('secret');
  const further = segments.find((segment) => reachesFurther.has(segment));
  if (further !== undefined) throw new LiveError('reaches-further', { path: further });
  if (method === 'GET' || method === 'HEAD') return { kind: 'read' };
  if (isTrial(target)) return { kind: 'trial' };
  const [root] = segments;
  const scope = root === 'api' ? segments.slice(2) : root === 'apis' ? segments.slice(3) : [];
  const [kind, namespace, resource] = scope;
  const isNamespaced = kind === 'namespaces' && namespace !== undefined && resource !== undefined;
  return { kind: 'write', namespace: isNamespaced ? namespace : null };
}

/** Where the lab's own applications live; nobody but the lab changes them. */
export const demoNamespaces = ['default', 'platform', 'shop'] as const;

/** What a reader may send through each proxy, as far as the method goes. */
export const viaMethods = {
  'kubectl-proxy': ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  'apiserver-proxy': ['GET', 'HEAD', 'POST'],
} as const;

/** The proxies that a reader's own request can go through. */
export type ViaStation = keyof typeof viaMethods;

/**
 * Through the apiserver proxy a reader asks Services and pods of the lab's own applications. Not nodes:
 * a kubelet answers more than questions. What stands behind `/proxy` is the application's.
 *
 * @throws LiveError `bad-path`, `too-long`, `only-proxied`
 */
export function permitProxied({ method, target }: VisitorRequest): void {
  const methods = viaMethods['apiserver-proxy'];
  const [root, version, scope, namespace, resource, id, subresource] = segmentsOf(target);
  const isProxied =
    root === 'api' &&
    version === 'v1' &&
    scope === 'namespaces' &&
    demoNamespaces.some((known) => known === namespace) &&
    (resource === 'services' || resource === 'pods') &&
    id !== '' &&
    subresource === 'proxy';
  if (isProxied && methods.some((known) => known === method)) return;
  throw new LiveError('only-proxied', { namespaces: demoNamespaces, methods });
}

/** Exactly one `dryRun`, spelled plainly: what else there may be is not for us to interpret. */
function isTrial(target: string): boolean {
  const query = target.slice(target.indexOf('?') + 1);
  const parameters = query.split('&').filter((part) => /^(?:dryRun|[^=]*%)/i.test(part));
  return target.includes('?') && parameters.length === 1 && parameters[0] === 'dryRun=All';
}

/** The decoded segments of a path that reads the same to everybody, or `bad-path`; `too-long`. */
function segmentsOf(target: string): string[] {
  if (target.length > maxTargetLength) throw new LiveError('too-long', { limit: maxTargetLength });
  const [path = ''] = target.split('?', 1);
  const isPlain = plainPath.test(path) && plainQuery.test(target.slice(path.length));
  if (!isPlain) throw new LiveError('bad-path');
  const segments = path.slice(1).split('/').map(decode);
  const isAmbiguous = segments.some(
    (segment, i) =>
      segment === null ||
      segment === '.' ||
      segment === '..' ||
      /[/\\%\x00-\x1f]/.test(segment) ||
      (segment === '' && i < segments.length - 1),
  );
  if (isAmbiguous) throw new LiveError('bad-path');
  return segments.filter((segment) => segment !== null);
}

function decode(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
