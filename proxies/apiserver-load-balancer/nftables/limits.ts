/**
 * What the nftables dataplane cannot do as the userspace dataplane does it, and what happens instead
 * (specification 4.4, 4.7). The page's table, the command and the conformance suite read it: what is not in here
 * must be the same.
 */
import type { BalancerOptions } from '../balancer.ts';

/** What a client, an apiserver or the operator sees. */
export type NftablesOutcome =
  /** Another backend gets it. */
  | 'tried-elsewhere'
  /** The client is told that it failed, and may try again. */
  | 'fails'
  /** Nothing happens until the checks say that the backend is gone; then it is reset. */
  | 'waits-for-checks'
  /** The next SYN of the client, a second later or more, goes to another backend. */
  | 'tried-again-by-client'
  | 'forwarded'
  /** The firewall drops it: what the kernel forwards passes its forward hook, and none of our rules can undo that. */
  | 'dropped-by-firewall'
  /** The kernel refuses it at once. */
  | 'refused'
  /** Each side is probed, at the times that were asked for. */
  | 'probed'
  /** Nobody probes but client and apiserver themselves. */
  | 'not-probed'
  | 'announced'
  | 'never'
  /** Ends with a reset. */
  | 'reset'
  /** Ends within a tenth of the limit, when the clock says so. */
  | 'on-time'
  /** Ends up to a second and a tenth of the limit later. */
  | 'seconds-later'
  | 'lives-on'
  /** Forgotten by connection tracking: after a minute at the end of the client's, two at the other's. */
  | 'forgotten-after-minutes'
  | 'ends'
  /** The kernel goes on with the connections that live, until `--cleanup` removes the rules. */
  | 'goes-on'
  | 'told'
  | 'not-told';

export interface NftablesLimit {
  readonly id: string;
  readonly userspace: NftablesOutcome;
  readonly nftables: NftablesOutcome;
  /**
   * The option that asks for it; absent where nobody needs to ask. `refuse`: it does not start with it. `warn`: it
   * starts, and says what happens instead.
   */
  readonly asked?: {
    readonly option: LimitedOption;
    readonly asks: (options: Pick<BalancerOptions, LimitedOption>) => boolean;
    readonly answer: 'refuse' | 'warn';
  };
}

export type LimitedOption = 'proxyProtocol' | 'keepAliveMs';

export const nftablesLimits = [
  // A backend that refuses the connection.
  { id: 'retry', userspace: 'tried-elsewhere', nftables: 'fails' },
  // One that does not answer a SYN, until the checks say so.
  { id: 'dial-timeout', userspace: 'tried-elsewhere', nftables: 'tried-again-by-client' },
  // One that accepts, and says nothing to what the client said first.
  { id: 'unanswered-client-hello', userspace: 'tried-elsewhere', nftables: 'waits-for-checks' },
  {
    id: 'proxy-protocol',
    userspace: 'announced',
    nftables: 'never',
    asked: {
      option: 'proxyProtocol',
      asks: ({ proxyProtocol }) => proxyProtocol !== 'off',
      answer: 'refuse',
    },
  },
  {
    id: 'tcp-keepalive',
    userspace: 'probed',
    nftables: 'not-probed',
    asked: { option: 'keepAliveMs', asks: ({ keepAliveMs }) => keepAliveMs > 0, answer: 'warn' },
  },
  // A client of one address family, where only backends of the other are there.
  { id: 'other-family', userspace: 'forwarded', nftables: 'refused' },
  // A client on the machine itself that asks 127.0.0.1 or ::1.
  { id: 'loopback', userspace: 'forwarded', nftables: 'refused' },
  // A client's packets, where somebody else's firewall on the machine drops what is forwarded.
  { id: 'foreign-firewall', userspace: 'forwarded', nftables: 'dropped-by-firewall' },
  { id: 'idle-timeout', userspace: 'on-time', nftables: 'seconds-later' },
  // A connection of which one side has closed, and the other says nothing.
  { id: 'half-closed', userspace: 'lives-on', nftables: 'forgotten-after-minutes' },
  // What lives when the load balancer ends, or is killed.
  { id: 'restart', userspace: 'ends', nftables: 'goes-on' },
  { id: 'bytes', userspace: 'told', nftables: 'not-told' },
] as const satisfies readonly NftablesLimit[];

export type NftablesLimitId = (typeof nftablesLimits)[number]['id'];

/** The limits that these options run into. */
export function nftablesLimitsOf(
  options: Pick<BalancerOptions, LimitedOption>,
): readonly NftablesLimit[] {
  const limits: readonly NftablesLimit[] = nftablesLimits;
  return limits.filter(({ asked }) => asked?.asks(options) === true);
}
