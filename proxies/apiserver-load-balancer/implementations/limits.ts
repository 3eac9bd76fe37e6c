/**
 * What nginx and HAProxy cannot do as hop does it, and what happens instead (specification 4.2, 4.4, 4.7).
 * The page's table, the command and the conformance suite read it: what is not in here must be the same.
 */
import type { BalancerOptions, ImplementationName } from '../balancer.ts';

export type LimitedImplementation = Exclude<ImplementationName, 'hop'>;

/** What an apiserver, a client or the operator sees. */
export type ImplementationOutcome =
  /** It gets no new connections. */
  | 'avoided'
  /** It gets no new connections, and keeps those it has. */
  | 'drained'
  /** It gets connections as if nothing were. */
  | 'gets-connections'
  /** It gets connections when all are tried. */
  | 'tried-with-the-others'
  /** No new connection goes there, until it is seen to be well. */
  | 'avoided-until-checked'
  /** After a dial that failed, it is left out for a while; then the next client tries. */
  | 'avoided-after-failed-dial'
  /** Noticed within milliseconds. */
  | 'noticed-at-once'
  /** Noticed when so many checks in a row have failed. */
  | 'noticed-after-checks'
  /** Connections end with a reset. */
  | 'reset'
  /** Connections end with a FIN, as if the other side had closed. */
  | 'closed'
  /** Connections live on. */
  | 'live-on'
  /** Nobody ends them, and nobody answers. */
  | 'hang'
  /** Nothing happens until the checks say that the backend is gone; then they end with a FIN. */
  | 'closed-after-checks'
  /** Connections end when the drain timeout is over, also those to backends that stay. */
  | 'end-after-drain-timeout'
  /** Another backend is tried. */
  | 'tried-elsewhere'
  /** All are tried. */
  | 'all-tried'
  /** Clients are closed at once, until a backend may be tried again. */
  | 'closed-at-once'
  | 'verified'
  | 'not-verified'
  /** Its authority is, and a host name; an address in the certificate is not compared. */
  | 'address-not-compared'
  /** Those after the first, in their order. */
  | 'in-order'
  /** Any of those after the first, in turn. */
  | 'in-turn'
  | 'all-counted'
  /** Connections of before the last change of the list are not counted. */
  | 'counted-anew'
  /** At the times that were asked for. */
  | 'as-asked'
  /** At the system's times: two hours on Linux. */
  | 'at-system-times'
  /** A limit of 24 days, or of 365. */
  | 'after-24-days'
  | 'after-365-days'
  | 'never'
  | 'ended'
  | 'announced'
  | 'told'
  | 'not-told';

export interface ImplementationLimit {
  readonly id: string;
  readonly hop: ImplementationOutcome;
  /** Who cannot do it, and what happens instead; whoever is absent does as hop does. */
  readonly instead: Readonly<Partial<Record<LimitedImplementation, ImplementationOutcome>>>;
  /**
   * The option that asks for it, by its value; absent where nobody needs to ask. `refuse`: it does not start
   * with it. `warn`: it starts, and says what happens instead.
   */
  readonly asked?: AskedFor;
}

type LimitedOption =
  'balance' | 'check' | 'keepAliveMs' | 'maxConnectionAgeMs' | 'proxyProtocol' | 'whenNoneReady';

export interface AskedFor {
  readonly option: LimitedOption;
  readonly asks: (options: Pick<BalancerOptions, LimitedOption>) => boolean;
  readonly answer: 'refuse' | 'warn';
  /** Told to whoever takes the default, too: it is not what anybody expects. */
  readonly isToldAlways?: true;
  /** Whom alone it concerns; absent: all who cannot do it. */
  readonly of?: LimitedImplementation;
}

export const implementationLimits = [
  // An apiserver that answers 500 on /readyz.
  { id: 'not-ready', hop: 'drained', instead: { nginx: 'gets-connections' } },
  // One that accepts, and says nothing: paused, or hung.
  { id: 'hung', hop: 'avoided', instead: { nginx: 'gets-connections' } },
  // One whose process has ended.
  {
    id: 'dead',
    hop: 'avoided-until-checked',
    instead: { nginx: 'avoided-after-failed-dial' },
  },
  // How soon, where its connections break.
  {
    id: 'broken-connection',
    hop: 'noticed-at-once',
    instead: { nginx: 'avoided-after-failed-dial', haproxy: 'noticed-after-checks' },
  },
  // The connections of one that does not answer any more.
  { id: 'connections-of-the-dead', hop: 'reset', instead: { nginx: 'hang', haproxy: 'closed' } },
  // A client that resets its connection, and what its apiserver sees; and the other way.
  { id: 'resets-of-clients', hop: 'reset', instead: { nginx: 'closed' } },
  { id: 'resets-of-apiservers', hop: 'reset', instead: { nginx: 'closed', haproxy: 'closed' } },
  // Those of before a change of the list: HAProxy's old worker checks nobody.
  {
    id: 'connections-of-the-dead-after-list-change',
    hop: 'reset',
    instead: { nginx: 'end-after-drain-timeout', haproxy: 'end-after-drain-timeout' },
  },
  // A client that was sent to one that accepts and says nothing; hop's userspace dataplane alone.
  {
    id: 'unanswered-client-hello',
    hop: 'tried-elsewhere',
    instead: { nginx: 'hang', haproxy: 'closed-after-checks' },
  },
  // Connections to backends that stay on a changed list.
  {
    id: 'list-change',
    hop: 'live-on',
    instead: { nginx: 'end-after-drain-timeout', haproxy: 'end-after-drain-timeout' },
  },
  {
    id: 'least-connections-after-list-change',
    hop: 'all-counted',
    instead: { nginx: 'counted-anew', haproxy: 'counted-anew' },
  },
  {
    id: 'certificate',
    hop: 'verified',
    instead: { nginx: 'not-verified', haproxy: 'address-not-compared' },
    asked: { option: 'check', asks: ({ check }) => check.caPem !== null, answer: 'warn' },
  },
  // Nobody is ready, and all are tried: also one with another cluster's certificate?
  {
    id: 'untrusted-when-none-ready',
    hop: 'avoided',
    instead: { nginx: 'gets-connections', haproxy: 'tried-with-the-others' },
    asked: {
      option: 'whenNoneReady',
      asks: ({ check, whenNoneReady }) => check.caPem !== null && whenNoneReady === 'try-all',
      answer: 'warn',
      isToldAlways: true,
      // nginx looks at no certificate, whoever is ready: that is told.
      of: 'haproxy',
    },
  },
  {
    id: 'try-all',
    hop: 'all-tried',
    instead: { nginx: 'closed-at-once' },
    asked: {
      option: 'whenNoneReady',
      asks: ({ whenNoneReady }) => whenNoneReady === 'try-all',
      answer: 'warn',
    },
  },
  {
    id: 'first-healthy-order',
    hop: 'in-order',
    instead: { nginx: 'in-turn' },
    asked: {
      option: 'balance',
      asks: ({ balance }) => balance === 'first-healthy',
      answer: 'warn',
    },
  },
  {
    id: 'max-connection-age',
    hop: 'ended',
    instead: { nginx: 'never', haproxy: 'never' },
    asked: {
      option: 'maxConnectionAgeMs',
      asks: ({ maxConnectionAgeMs }) => maxConnectionAgeMs > 0,
      answer: 'refuse',
    },
  },
  {
    id: 'proxy-protocol-v2',
    hop: 'announced',
    instead: { nginx: 'never' },
    asked: {
      option: 'proxyProtocol',
      asks: ({ proxyProtocol }) => proxyProtocol === 'v2',
      answer: 'refuse',
    },
  },
  {
    id: 'keepalive-to-backends',
    hop: 'as-asked',
    instead: { nginx: 'at-system-times' },
    asked: { option: 'keepAliveMs', asks: ({ keepAliveMs }) => keepAliveMs > 0, answer: 'warn' },
  },
  {
    id: 'no-idle-timeout',
    hop: 'never',
    instead: { nginx: 'after-365-days', haproxy: 'after-24-days' },
  },
  { id: 'idle-timeout', hop: 'reset', instead: { nginx: 'closed', haproxy: 'closed' } },
  // What each apiserver's checks say, for metrics and the status page.
  { id: 'statuses', hop: 'told', instead: { nginx: 'not-told' } },
  { id: 'counts', hop: 'told', instead: { nginx: 'not-told' } },
  { id: 'connections', hop: 'told', instead: { nginx: 'not-told', haproxy: 'not-told' } },
] as const satisfies readonly ImplementationLimit[];

export type ImplementationLimitId = (typeof implementationLimits)[number]['id'];

/** The limits that these options run into, with what to do about each. */
export function limitsOf(
  implementation: LimitedImplementation,
  options: Pick<BalancerOptions, LimitedOption>,
): readonly { readonly limit: ImplementationLimit; readonly answer: 'refuse' | 'warn' }[] {
  const limits: readonly ImplementationLimit[] = implementationLimits;
  return limits.flatMap((limit) => {
    const { asked, instead } = limit;
    if (instead[implementation] === undefined || asked?.asks(options) !== true) return [];
    if (asked.of !== undefined && asked.of !== implementation) return [];
    return [{ limit, answer: asked.answer }];
  });
}

/** Whether clients come to backends that nobody trusts, once nobody else is ready. */
export function triesUntrusted(
  implementation: ImplementationName,
  { whenNoneReady }: Pick<BalancerOptions, 'whenNoneReady'>,
): boolean {
  const limits: readonly ImplementationLimit[] = implementationLimits;
  const limit = limits.find(({ id }) => id === 'untrusted-when-none-ready');
  const isLimited = implementation !== 'hop' && limit?.instead[implementation] !== undefined;
  return isLimited && whenNoneReady === 'try-all';
}
