/** The apiserver proxy: from a name to an answer. Runs wherever there is a server and a lookup. */
import { badRequest, methodNotAllowed } from '../kit/apiserver/refusals.ts';
import type { Hop } from '../kit/hop.ts';
import { encodeUtf8, escapePath } from '../kit/http/request-target.ts';
import { goAddress } from '../kit/kubeconfig/dial.ts';
import type { ForwardCall } from './forward-call.ts';
import { Forwarding } from './forwarding.ts';
import { proxiedMethods } from './headers.ts';
import { readIncoming } from './incoming-request.ts';
import type { IncomingRequest } from './incoming-request.ts';
import type { KubeletTransport } from './kubelet-transport.ts';
import type { Lookup } from './lookup.ts';
import { asksForGzip, outgoingHead } from './outgoing-head.ts';
import type { ProxyCall } from './proxy-call.ts';
import { isGlobalUnicast } from './resolve/address.ts';
import type { ResolveOptions } from './resolve/resolve-options.ts';
import { resolve } from './resolve/resolve.ts';
import { createRewriter } from './rewrite/rewriter.ts';
import { targetPath } from './target-path.ts';
import { createTargets } from './targets.ts';

export interface ApiserverProxyOptions {
  readonly lookup: Lookup;
  /** How kubelets are reached; without it their port is not. */
  readonly kubelet?: KubeletTransport | undefined;
  /** `--kubelet-preferred-address-types`. */
  readonly preferredAddressTypes?: readonly string[];
  /** Which addresses may be dialled. Default: global unicast alone, as upstream. */
  readonly allowsAddress?: (address: string, isDeclared: boolean) => boolean;
  /** Whether a request may hand the application's own `Authorization` through. Default no. */
  readonly allowsApplicationAuthorization?: boolean;
  /** Answers of the target that are redirects become 502: for aggregated API servers. Default no. */
  readonly rejectsRedirects?: boolean;
}

export interface ApiserverProxy extends AsyncDisposable {
  /**
   * Serves one request; resolves when its answer has ended, or the upgraded connection was tied.
   *
   * @throws StatusError while nothing has been answered: the server writes it as it writes its own.
   */
  serve(call: ProxyCall): Promise<void>;
  /** As `serve`, for a target that is known: no name is looked up, nothing of its answer rewritten. */
  forward(call: ForwardCall): Promise<void>;
  /** Hops are recorded while somebody listens; otherwise they cost nothing. */
  setHopListener(listener: ((hop: Hop) => void) | null): void;
}

/** @throws Error where OpenSSL cannot read the kubelet certificate or key. */
export function createApiserverProxy(options: ApiserverProxyOptions): ApiserverProxy {
  const targets = createTargets(options.kubelet);
  const resolveOptions: ResolveOptions = {
    lookup: options.lookup,
    preferredAddressTypes: options.preferredAddressTypes ?? preferredAddressTypes,
    allowsAddress: options.allowsAddress ?? isGlobalUnicast,
    hasKubelet: options.kubelet !== undefined,
  };
  return {
    async serve(call) {
      const incoming = readIncoming(call.request);
      if (!methods.has(incoming.method)) throw methodNotAllowed();
      if (asksForDryRun(incoming.query)) throw badRequest('dryRun is not supported');
      const location = await resolve(call, resolveOptions);
      if (call.subpath === '' && isRead(incoming.method)) {
        redirect(call, incoming);
        return;
      }
      const { path, forwardedUri } = targetPath(call);
      const outgoing = {
        target: path + incoming.query,
        forwardedUri,
        isUpgrade: false,
        asksForGzip: asksForGzip(incoming),
        authorization: null,
      };
      await new Forwarding({
        ...call,
        incoming,
        target: targets.of(location),
        head: outgoingHead(incoming, outgoing),
        asksForGzip: outgoing.asksForGzip,
        rewriter: createRewriter({
          sourceHost: goAddress(location.host, location.port),
          requestHost: incoming.host,
          prefix: call.prefix,
        }),
        rejectsRedirects: options.rejectsRedirects === true,
      }).run();
    },
    async forward(call) {
      const { host, port } = call.location;
      const incoming = { ...readIncoming(call.request), host: goAddress(host, port) };
      const outgoing = {
        target: call.target,
        forwardedUri: null,
        isUpgrade: false,
        asksForGzip: asksForGzip(incoming),
        authorization: null,
        added: call.headers,
      };
      await new Forwarding({
        ...call,
        incoming,
        target: targets.of({ scheme: 'https', host, port, transport: call.tls }),
        head: outgoingHead(incoming, outgoing),
        asksForGzip: outgoing.asksForGzip,
        rewriter: null,
        rejectsRedirects: call.rejectsRedirects,
      }).run();
    },
    setHopListener: () => undefined,
    [Symbol.asyncDispose]: () => {
      targets[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

/** Upstream's own order. */
const preferredAddressTypes = [
  'Hostname',
  'InternalDNS',
  'InternalIP',
  'ExternalDNS',
  'ExternalIP',
];

const methods: ReadonlySet<string> = new Set(proxiedMethods);

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

function asksForDryRun(query: string): boolean {
  return query.includes('dryRun') && new URLSearchParams(query.slice(1)).has('dryRun');
}

/** The slash that is missing makes relative links of the target's pages lead through the proxy. */
function redirect({ prefix, response }: ProxyCall, { method, query }: IncomingRequest): void {
  const headers = { Location: `${escapePath(encodeUtf8(prefix))}/${query}` };
  response.writeHead(301, method === 'HEAD' ? headers : { ...headers, 'Content-Length': 0 });
  response.end();
}
