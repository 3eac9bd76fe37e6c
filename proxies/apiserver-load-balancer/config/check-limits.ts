/** What an implementation cannot do is refused where it was asked for, or told where it does something else instead. */
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import type { BalancerOptions, ImplementationName } from '../balancer.ts';
import { limitsOf, type AskedFor } from '../implementations/limits.ts';

/** The flag that asks for an option. */
const flagOf: Readonly<Record<AskedFor['option'], string>> = {
  balance: 'balance',
  check: 'check-ca-file',
  keepAliveMs: 'tcp-keepalive',
  maxConnectionAgeMs: 'max-connection-age',
  proxyProtocol: 'proxy-protocol',
  whenNoneReady: 'when-none-ready',
};

export interface CheckLimitsOptions {
  readonly implementation: ImplementationName;
  /** The flags that were given: nobody has asked for a default. */
  readonly given: ReadonlySet<string>;
  readonly warn: (text: string) => void;
}

/** @throws ConfigurationError `cannot-do` */
export function checkLimits(
  balancer: Omit<BalancerOptions, 'log'>,
  { implementation, given, warn }: CheckLimitsOptions,
): void {
  if (implementation === 'hop') return;
  for (const { limit, answer } of limitsOf(implementation, balancer)) {
    if (limit.asked === undefined) continue;
    const flag = flagOf[limit.asked.option];
    const instead = limit.instead[implementation] ?? '';
    const message = `--${flag}: ${implementation} cannot do it: ${instead} instead of ${limit.hop}`;
    if (answer === 'refuse') throw new ConfigurationError('cannot-do', message, { flag });
    if (given.has(flag)) warn(message);
  }
}
