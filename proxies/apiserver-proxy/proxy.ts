/** The apiserver proxy: from a name to an answer. Runs wherever there is a server and a lookup. */
import { methodNotAllowed } from '../kit/apiserver/refusals.ts';
import type { Hop } from '../kit/hop.ts';
import { encodeUtf8, escapePath } from '../kit/http/request-target.ts';
import { goAddress } from '../kit/kubeconfig/dial.ts';
import type { ForwardCall } from './forward-call.ts';
import { Forwarding } from './forwarding.ts';
import type { ForwardingPlan } from './forwarding.ts';
import { HopRecorder } from './hop-recorder.ts';
import { readIncoming } from './incoming-request.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { preferredAddressTypes } from './facts/flags.ts';
import type { KubeletTransport } from './kubelet-transport.ts';
import type { Location } from './location.ts';
import type { Lookup } from './lookup.ts';
import { isProxied } from './methods.ts';
import { asksForGzip, outgoingHead } from './outgoing-head.ts';
import type { OutgoingOptions } from './outgoing-head.ts';
import type { ProxyCall } from './proxy-call.ts';
import { isGlobalUnicast } from './resolve/address.ts';
import type { ResolveOptions } from './resolve/resolve-options.ts';
import { resolve } from './resolve/resolve.ts';
import { createRewriter } from './rewrite/rewriter.ts';
import type { Rewriter } from './rewrite/rewriter.ts';
import { targetPath } from './target-path.ts';
import { createTargets } from './targets.ts';
import { isUpgrade, Upgrading } from './upgrading.ts';
import { readWishes } from './wishes.ts';

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
  /** Tells of a request that its server refused before it came here. */
  refused(
    call: Pick<ProxyCall, 'request' | 'requestId' | 'resource' | 'namespace' | 'id'>,
    error: unknown,
  ): void;
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
  let listener: ((hop: Hop) => void) | null = null;

  const serve = async (call: ProxyCall, hops: HopRecorder | null): Promise<void> => {
    const incoming = readIncoming(call.request);
    if (!isProxied(incoming.method)) throw methodNotAllowed();
    const wishes = readWishes(incoming, options);
    const location = await resolve(call, resolveOptions);

    const isUpgrading = isUpgrade(incoming.headers);
    if (!isUpgrading && call.subpath === '' && isRead(incoming.method)) {
      redirect(call, incoming, hops);
      return;
    }
    hops?.admitted(location);
    const { path, forwardedUri } = targetPath(call);
    await pass(call, {
      incoming,
      isUpgrading,
      target: targets.of(location),
      outgoing: {
        target: path + incoming.query,
        forwardedUri: isUpgrading ? null : forwardedUri,
        authorization: wishes.authorization,
      },
      rewriter: wishes.isRewritten ? rewriterFor(location, incoming, call) : null,
      rejectsRedirects: false,
      hops,
    });
  };

  return {
    async serve(call) {
      const hops = listener === null ? null : new HopRecorder(listener, call);
      try {
        await serve(call, hops);
      } catch (error) {
        hops?.refused(error);
        throw error;
      }
    },
    async forward(call) {
      const { host, port } = call.location;
      const incoming = {
        ...readIncoming(call.request),
        host: goAddress(host, port),
      };
      await pass(call, {
        incoming,
        isUpgrading: isUpgrade(incoming.headers),
        target: targets.of({ scheme: 'https', host, port, transport: call.tls }),
        outgoing: {
          target: call.target,
          forwardedUri: null,
          authorization: null,
          added: call.headers,
        },
        rewriter: null,
        rejectsRedirects: call.rejectsRedirects,
        hops: null,
      });
    },
    refused(call, error) {
      if (listener !== null) new HopRecorder(listener, call).refused(error);
    },
    setHopListener(next) {
      listener = next;
    },
    [Symbol.asyncDispose]: () => {
      targets[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

interface Passing extends Pick<
  ForwardingPlan,
  'incoming' | 'target' | 'rewriter' | 'rejectsRedirects' | 'hops'
> {
  readonly isUpgrading: boolean;
  readonly outgoing: Omit<OutgoingOptions, 'isUpgrade' | 'asksForGzip'>;
}

/** To a target that is certain. */
async function pass(
  call: Pick<ProxyCall, 'request' | 'response' | 'upgrade' | 'signal'>,
  { isUpgrading, outgoing, ...to }: Passing,
): Promise<void> {
  const mayDecode = !isUpgrading && asksForGzip(to.incoming);
  const head = outgoingHead(to.incoming, {
    ...outgoing,
    isUpgrade: isUpgrading,
    asksForGzip: mayDecode,
  });
  const { request, response, upgrade, signal } = call;
  if (isUpgrading) {
    await new Upgrading({ ...to, request, upgrade, signal, head, dialer: to.target.dialer }).run();
  } else {
    await new Forwarding({ ...to, request, response, signal, head, mayDecode }).run();
  }
}

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

function rewriterFor(
  { host, port }: Location,
  incoming: IncomingRequest,
  { prefix }: ProxyCall,
): Rewriter {
  return createRewriter({ sourceHost: goAddress(host, port), requestHost: incoming.host, prefix });
}

/** The slash that is missing makes relative links of the target's pages lead through the proxy. */
function redirect(
  { prefix, response }: ProxyCall,
  { method, query }: IncomingRequest,
  hops: HopRecorder | null,
): void {
  const location = `${escapePath(encodeUtf8(prefix))}/${query}`;
  hops?.answeredHere(301, location);
  const headers = { Location: location };
  response.writeHead(301, method === 'HEAD' ? headers : { ...headers, 'Content-Length': 0 });
  response.end();
}
