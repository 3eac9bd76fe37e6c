/** Where the proxy finds the objects that a name stands for: an apiserver's store, or a watch cache. */

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
}

export interface FoundService {
  readonly spec?: { readonly ports?: readonly ServicePort[] };
}

export interface EndpointAddress {
  readonly ip: string;
  readonly targetRef?: {
    readonly kind?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
}

/** A subset of an Endpoints object: its ready addresses, and the ports that each of them has. */
export interface EndpointSubset {
  readonly addresses?: readonly EndpointAddress[];
  readonly ports?: readonly { readonly name?: string; readonly port: number }[];
}

export interface FoundPod {
  readonly spec?: {
    readonly containers?: readonly {
      readonly ports?: readonly { readonly containerPort: number }[];
    }[];
  };
  readonly status?: { readonly podIPs?: readonly { readonly ip: string }[] };
}

export interface FoundNode {
  readonly status?: {
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly daemonEndpoints?: { readonly kubeletEndpoint?: { readonly Port?: number } };
  };
}

/** Each resolves with undefined where there is no such object. */
export interface Lookup {
  service(namespace: string, name: string): Promise<FoundService | undefined>;
  /** The subsets of the Endpoints of a Service, or what its EndpointSlices come to. */
  endpoints(namespace: string, name: string): Promise<readonly EndpointSubset[] | undefined>;
  pod(namespace: string, name: string): Promise<FoundPod | undefined>;
  node(name: string): Promise<FoundNode | undefined>;
}
