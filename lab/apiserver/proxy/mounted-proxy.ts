/** The apiserver proxy in an apiserver: loaded with the first request for it, or the first listener. */
import type { ApiserverProxy } from '../../../proxies/apiserver-proxy/proxy.ts';
import type { ForwardCall } from '../../../proxies/apiserver-proxy/forward-call.ts';
import type { ProxyCall } from '../../../proxies/apiserver-proxy/proxy-call.ts';
import { preferredTypes } from '../kubelet/kubelets.ts';
import type { ApiserverOptions } from '../options.ts';
import { allowedAddresses } from './allowed-addresses.ts';
import { createStoreLookup } from './store-lookup.ts';

export interface MountedProxy extends AsyncDisposable {
  /** @throws StatusError while nothing has been answered */
  serve(call: ProxyCall): Promise<void>;
  /** @throws StatusError while nothing has been answered */
  forward(call: ForwardCall): Promise<void>;
  refused: ApiserverProxy['refused'];
  setHopListener: ApiserverProxy['setHopListener'];
}

type Options = Pick<
  ApiserverOptions,
  'store' | 'kubeletClient' | 'allowLoopbackEndpoints' | 'forbiddenProxyAddresses'
>;

/** Most apiservers proxy nothing for a long time: until then, what they need for it is not in memory. */
export function mountProxy(options: Options): MountedProxy {
  let loading: Promise<ApiserverProxy> | undefined;
  let listener: Parameters<ApiserverProxy['setHopListener']>[0] = null;

  const load = async (): Promise<ApiserverProxy> => {
    const { createApiserverProxy } = await import('../../../proxies/apiserver-proxy/proxy.ts');
    const proxy = createApiserverProxy({
      lookup: createStoreLookup(options.store),
      kubelet: options.kubeletClient,
      preferredAddressTypes: preferredTypes,
      allowsAddress: allowedAddresses({
        allowsLoopback: options.allowLoopbackEndpoints ?? false,
        forbidden: options.forbiddenProxyAddresses ?? [],
      }),
    });
    proxy.setHopListener(listener);
    return proxy;
  };

  return {
    serve: async (call) => (await (loading ??= load())).serve(call),
    forward: async (call) => (await (loading ??= load())).forward(call),
    refused: (call, error) => {
      if (listener !== null) void (loading ??= load()).then((proxy) => proxy.refused(call, error));
    },
    setHopListener: (next) => {
      listener = next;
      void loading?.then((proxy) => proxy.setHopListener(listener));
    },
    [Symbol.asyncDispose]: async () => {
      await (await loading)?.[Symbol.asyncDispose]();
    },
  };
}
