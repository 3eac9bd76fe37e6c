/**
 * What the dataplanes and the two ways of the kernel's do not do alike. The page's table and the conformance suite
 * read it: what is not in here must be the same.
 */

/** A dataplane with the way that it sends packets. */
export const dataplaneSubjects = ['nftables VIP', 'nftables Proxy', 'userspace'] as const;
export type DataplaneSubject = (typeof dataplaneSubjects)[number];

/** What a client, a pod or the operator sees. */
export type DataplaneOutcome =
  | 'forwarded'
  /** The port has an error in the Service's status, and nobody listens. */
  | 'refused'
  /** Nothing comes back. */
  | 'dropped'
  /** The connection is taken, and ended before a word. */
  | 'ended'
  /** With the address that it has. */
  | 'client-seen'
  /** It comes from the load balancer. */
  | 'balancer-seen'
  /** Connections live on without the process. */
  | 'goes-on'
  | 'told'
  | 'not-told'
  /** Any that the machine has a way to. */
  | 'any-node'
  /** One on a network that the machine is on. */
  | 'node-of-own-network'
  /** It gets no connections. */
  | 'left-out';

export interface DataplaneLimit {
  readonly id: string;
  readonly outcomes: Readonly<Record<DataplaneSubject, DataplaneOutcome>>;
}

export const dataplaneLimits = [
  {
    id: 'sctp',
    outcomes: { 'nftables VIP': 'forwarded', 'nftables Proxy': 'forwarded', userspace: 'refused' },
  },
  // An address of the pool that no load balancer has.
  {
    id: 'unassigned-address',
    outcomes: { 'nftables VIP': 'refused', 'nftables Proxy': 'refused', userspace: 'dropped' },
  },
  // Whom the pod sees.
  {
    id: 'client-address',
    outcomes: {
      'nftables VIP': 'client-seen',
      'nftables Proxy': 'balancer-seen',
      userspace: 'balancer-seen',
    },
  },
  // A TCP client that the source ranges leave out.
  {
    id: 'tcp-source-ranges',
    outcomes: { 'nftables VIP': 'dropped', 'nftables Proxy': 'dropped', userspace: 'ended' },
  },
  // Which nodes can be sent to.
  {
    id: 'far-nodes',
    outcomes: {
      'nftables VIP': 'node-of-own-network',
      'nftables Proxy': 'any-node',
      userspace: 'any-node',
    },
  },
  // Live connections when the process is killed.
  {
    id: 'killed',
    outcomes: { 'nftables VIP': 'goes-on', 'nftables Proxy': 'goes-on', userspace: 'ended' },
  },
  // A client on the load balancer's own machine.
  {
    id: 'own-machine',
    outcomes: { 'nftables VIP': 'refused', 'nftables Proxy': 'refused', userspace: 'forwarded' },
  },
  // A node that is the load balancer's own machine.
  {
    id: 'own-node',
    outcomes: { 'nftables VIP': 'left-out', 'nftables Proxy': 'left-out', userspace: 'forwarded' },
  },
  // The node's large packets, where a network on the way to the client takes only smaller ones.
  {
    id: 'path-mtu',
    outcomes: { 'nftables VIP': 'not-told', 'nftables Proxy': 'told', userspace: 'told' },
  },
] as const satisfies readonly DataplaneLimit[];

export type DataplaneLimitId = (typeof dataplaneLimits)[number]['id'];
