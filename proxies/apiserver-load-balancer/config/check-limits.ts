/** What cannot be done is refused where it was asked for, or told where something else is done instead. */
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import type { Messages } from '../../kit/messages.ts';
import type { BalancerOptions, ImplementationName } from '../balancer.ts';
import type { Dataplane } from '../dataplane.ts';
import { limitsOf, type AskedFor, type ImplementationOutcome } from '../implementations/limits.ts';
import { nftablesLimitsOf, type LimitedOption, type NftablesOutcome } from '../nftables/limits.ts';

/** The flag that asks for an option. */
const flagOf: Readonly<Record<AskedFor['option'] | LimitedOption, string>> = {
  balance: 'balance',
  check: 'check-ca-file',
  keepAliveMs: 'tcp-keepalive',
  maxConnectionAgeMs: 'max-connection-age',
  proxyProtocol: 'proxy-protocol',
  whenNoneReady: 'when-none-ready',
};

export interface CheckLimitsOptions {
  readonly implementation: ImplementationName;
  readonly dataplane: Dataplane['kind'];
  /** The flags that were given: nobody has asked for a default. */
  readonly given: ReadonlySet<string>;
  readonly messages: Messages;
  readonly warn: (text: string) => void;
}

/** @throws ConfigurationError `cannot-do`, `no-dataplane` */
export function checkLimits(
  balancer: Omit<BalancerOptions, 'log'>,
  { implementation, dataplane, given, messages, warn }: CheckLimitsOptions,
): void {
  const name = implementation === 'hop' ? dataplane : implementation;
  if (implementation !== 'hop' && given.has('dataplane')) {
    throw new ConfigurationError(
      'no-dataplane',
      `--dataplane: ${name} moves connections by itself`,
    );
  }
  for (const { option, answer, instead, isToldAlways = false } of runInto(
    balancer,
    implementation,
    dataplane,
  )) {
    const flag = flagOf[option];
    if (answer === 'refuse') {
      throw new ConfigurationError('cannot-do', `--${flag}: ${name} cannot do it`, { flag });
    }
    if (isToldAlways || given.has(flag))
      warn(`--${flag}: ${messages.say(`cli.apiserver-lb.limits.${instead}`)}`);
  }
}

interface RunInto {
  readonly option: AskedFor['option'] | LimitedOption;
  readonly answer: 'refuse' | 'warn';
  readonly instead: ImplementationOutcome | NftablesOutcome;
  readonly isToldAlways?: true;
}

function runInto(
  balancer: Omit<BalancerOptions, 'log'>,
  implementation: ImplementationName,
  dataplane: Dataplane['kind'],
): readonly RunInto[] {
  if (implementation === 'hop') {
    const limits = dataplane === 'nftables' ? nftablesLimitsOf(balancer) : [];
    return limits.flatMap(({ asked, nftables: instead }) =>
      asked === undefined ? [] : [{ ...asked, instead }],
    );
  }
  return limitsOf(implementation, balancer).flatMap(({ limit, answer }) => {
    const { asked } = limit;
    const instead = limit.instead[implementation];
    if (asked === undefined || instead === undefined) return [];
    return [{ ...asked, answer, instead }];
  });
}
