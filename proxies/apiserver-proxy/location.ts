/** Where a request goes: what a name came to once it was looked up. */
import type { ProxyResource } from './proxy-call.ts';

export interface Location {
  readonly resource: ProxyResource;
  /** `https` for the kubelet's port, whatever the name says. */
  readonly scheme: 'http' | 'https';
  /** An address, without brackets also for IPv6. */
  readonly host: string;
  readonly port: number;
  /** `insecure`: TLS without any check. `kubelet`: with the apiserver's client certificate for kubelets. */
  readonly transport: 'insecure' | 'kubelet';
  /** The name that the kubelet's certificate must have, where it is not the host. */
  readonly serverName?: string;
  /** How it was chosen, for the hop: the message `hops:apiserver-proxy.<key>` with its values. */
  readonly choice: {
    readonly key: 'endpoint' | 'only-endpoint' | 'pod' | 'kubelet' | 'node';
    readonly values: Readonly<Record<string, string | number>>;
  };
}
