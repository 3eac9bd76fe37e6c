/** The apiserver proxy: from a name to an answer. Runs wherever there is a server and a lookup. */
import type { KubeletTransport } from './kubelet-transport.ts';
import type { Hop } from '../kit/hop.ts';
import type { Lookup } from './lookup.ts';
import type { ProxyCall } from './proxy-call.ts';

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
  /** Hops are recorded while somebody listens; otherwise they cost nothing. */
  setHopListener(listener: ((hop: Hop) => void) | null): void;
}

export function createApiserverProxy(options: ApiserverProxyOptions): ApiserverProxy {
  throw new Error(`not yet: ${Object.keys(options).join()}`);
}
