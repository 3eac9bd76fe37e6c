/** What `hop apiserver-lb` does when it is told nothing else. */
import type {
  BalancerOptions,
  CheckOptions,
} from '../../proxies/apiserver-load-balancer/balancer.ts';
import { flags } from '../../proxies/apiserver-load-balancer/facts/flags.ts';
import { parseGoDuration } from '../../proxies/kit/go-duration.ts';

type Flag = (typeof flags)[number];

// The flags' own names and defaults.
const defaults = Object.fromEntries(flags.map((flag) => [flag.name, flag.default])) as {
  readonly [One in Flag as One['name']]: One['default'];
};

export const commandDefaults = {
  balance: defaults.balance,
  whenNoneReady: defaults['when-none-ready'],
  dialTimeoutMs: parseGoDuration(defaults['dial-timeout']),
  drainTimeoutMs: parseGoDuration(defaults['drain-timeout']),
  keepAliveMs: parseGoDuration(defaults['tcp-keepalive']),
  idleTimeoutMs: parseGoDuration(defaults['idle-timeout']),
  maxConnectionAgeMs: parseGoDuration(defaults['max-connection-age']),
  proxyProtocol: defaults['proxy-protocol'],
} as const satisfies Partial<BalancerOptions>;

export const checkDefaults = {
  path: defaults['check-path'],
  intervalMs: parseGoDuration(defaults['check-interval']),
  timeoutMs: parseGoDuration(defaults['check-timeout']),
  rise: defaults.rise,
  fall: defaults.fall,
  serverName: null,
} as const satisfies Omit<CheckOptions, 'caPem'>;
