/**
 * What the userspace mode cannot do as the kernel does it, and what happens instead (specification 3.15).
 * The page's table and the conformance suite both read it: what is not in here must be the same.
 */
import type { Transport } from '../service-port.ts';

/** Where the packets of a limit go. */
export type LimitedFlow =
  /** Any address of a Service. */
  | 'any'
  /** A ClusterIP whose policy is Local, without an endpoint here. */
  | 'cluster-ip-without-local'
  /** An external address whose policy is Local, without an endpoint here, asked from outside. */
  | 'external-without-local'
  /** The same, asked by a pod that is known by its interface alone. */
  | 'pod-by-interface'
  /** A load balancer's address, asked from outside of its source ranges. */
  | 'outside-source-ranges'
  /** An address of the ServiceCIDRs that no Service has. */
  | 'unallocated-cluster-ip'
  /** Another port of an externalIP or of a load balancer's address. */
  | 'other-port-of-external-ip'
  /** Endpoints that are said to be ready, and of which none answers. */
  | 'dead-endpoints'
  /** A port below 1024, where the proxy may not listen. */
  | 'privileged-port'
  /** Whatever is in progress when the proxy ends. */
  | 'restart';

/** What a client sees. */
export type LimitedOutcome =
  /** The endpoint sees the client's address. */
  | 'source-kept'
  /** The endpoint sees an address of the node's. */
  | 'source-replaced'
  /** The client hears nothing. */
  | 'DROP'
  /** The client is told at once. */
  | 'REJECT'
  /** The client is connected, and reset at once. */
  | 'RESET'
  /** As if there were no proxy. */
  | 'untouched'
  /** An endpoint gets it. */
  | 'forwarded'
  /** It goes on. */
  | 'goes-on'
  /** It ends. */
  | 'ends';

export interface UserspaceLimit {
  readonly id: string;
  readonly protocols: readonly Transport[];
  readonly flow: LimitedFlow;
  /** What the nftables mode does. */
  readonly kernel: LimitedOutcome;
  readonly userspace: LimitedOutcome;
}

export const userspaceLimits = [
  {
    id: 'source-address',
    protocols: ['TCP', 'UDP'],
    flow: 'any',
    kernel: 'source-kept',
    userspace: 'source-replaced',
  },
  { id: 'sctp', protocols: ['SCTP'], flow: 'any', kernel: 'forwarded', userspace: 'untouched' },
  {
    id: 'drop-cluster-ip',
    protocols: ['TCP'],
    flow: 'cluster-ip-without-local',
    kernel: 'DROP',
    userspace: 'REJECT',
  },
  {
    id: 'drop-external',
    protocols: ['TCP'],
    flow: 'external-without-local',
    kernel: 'DROP',
    userspace: 'RESET',
  },
  {
    id: 'drop-source-ranges',
    protocols: ['TCP'],
    flow: 'outside-source-ranges',
    kernel: 'DROP',
    userspace: 'RESET',
  },
  {
    id: 'drop-unallocated',
    protocols: ['TCP', 'UDP', 'SCTP'],
    flow: 'unallocated-cluster-ip',
    kernel: 'DROP',
    userspace: 'untouched',
  },
  {
    id: 'whole-address',
    protocols: ['TCP', 'UDP', 'SCTP'],
    flow: 'other-port-of-external-ip',
    kernel: 'untouched',
    userspace: 'REJECT',
  },
  {
    id: 'accepts-first',
    protocols: ['TCP'],
    flow: 'dead-endpoints',
    kernel: 'REJECT',
    userspace: 'RESET',
  },
  {
    id: 'no-icmp',
    protocols: ['UDP'],
    flow: 'dead-endpoints',
    kernel: 'REJECT',
    userspace: 'DROP',
  },
  {
    id: 'privileged-ports',
    protocols: ['TCP', 'UDP'],
    flow: 'privileged-port',
    kernel: 'forwarded',
    userspace: 'REJECT',
  },
  {
    id: 'pods-by-interface',
    protocols: ['TCP'],
    flow: 'pod-by-interface',
    kernel: 'forwarded',
    userspace: 'RESET',
  },
  {
    id: 'restart',
    protocols: ['TCP', 'UDP'],
    flow: 'restart',
    kernel: 'goes-on',
    userspace: 'ends',
  },
] as const satisfies readonly UserspaceLimit[];

export type UserspaceLimitId = (typeof userspaceLimits)[number]['id'];
