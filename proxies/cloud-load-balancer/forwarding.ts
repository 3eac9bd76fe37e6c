/** What moves the packets of the hop cloud: told, for one Service at a time, what comes in and who gets it. */
import type { Family, Transport } from './service.ts';

export interface ForwardedPort {
  readonly protocol: Transport;
  readonly port: number;
  /** Where the nodes take it. */
  readonly nodePort: number;
}

/** A node that may have packets. */
export interface Target {
  readonly node: string;
  readonly family: Family;
  /** Its address in that family. */
  readonly address: string;
}

export interface ForwardedAddress {
  readonly family: Family;
  readonly address: string;
}

/** All that is to be known of one Service's load balancer. */
export interface Forwarding {
  /** `a52f…`: the load balancer's name at the cloud. */
  readonly name: string;
  /** `namespace/name`, for logs, metrics and hops. */
  readonly service: string;
  readonly addresses: readonly ForwardedAddress[];
  /**
   * `VIP`: the packet arrives at the node as the client sent it, for the address and the port of the load balancer;
   * the node's kube-proxy knows both, and what it answers goes to the client straight. `Proxy`: the packet arrives for
   * the node's own address and its node port, from an address of the load balancer's.
   */
  readonly mode: 'VIP' | 'Proxy';
  readonly ports: readonly ForwardedPort[];
  /** Who gets new connections, of both families; empty: nobody, clients are refused. */
  readonly targets: readonly Target[];
  /** Who may come, as CIDRs of both families; empty: everybody. Others are dropped, over each protocol. */
  readonly sourceRanges: readonly string[];
  /** One client stays with one node. */
  readonly sessionAffinity: 'None' | 'ClientIP';
}

/** A connection, or a client's datagrams, sent on its way: `address:port`, IPv6 in brackets. */
export interface ForwardedFlow {
  readonly service: string;
  readonly protocol: Transport;
  readonly source: string;
  readonly destination: string;
  readonly node: string;
  /** Where it was sent: the node's address with the node port, or in `VIP` with the port that the client asked for. */
  readonly target: string;
  /** Where the node sees it come from. */
  readonly seenAs: string;
  readonly mode: Forwarding['mode'];
}

/** What a dataplane cannot do: it is said in the port's status, or refused at the start. */
export interface DataplaneAbilities {
  readonly protocols: readonly Transport[];
  readonly modes: readonly Forwarding['mode'][];
}

export interface Dataplane extends AsyncDisposable {
  readonly kind: 'nftables' | 'userspace';
  readonly abilities: DataplaneAbilities;
  /** All that there is to be, once at the start: what was there before and is not among them goes. */
  replaceAll(forwardings: readonly Forwarding[]): Promise<void>;
  /**
   * Packets follow it once it resolves; the same again costs nothing. Connections to targets that stay live on;
   * datagrams of a client whose target went are sent to another.
   *
   * @throws Error when it cannot be done, as a port that is taken: then it is as before, or not there
   */
  ensure(forwarding: Forwarding): Promise<void>;
  /** Resolves when its packets are forwarded no more and nothing of it is left. */
  remove(name: string): Promise<void>;
  /** Tells each flow that begins from now on; costs nothing while nobody listens. */
  onFlow(listener: (flow: ForwardedFlow) => void): Disposable & { readonly ready: Promise<void> };
}
