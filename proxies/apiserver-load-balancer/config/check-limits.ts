/** What cannot be done is refused where it was asked for, or told where something else is done instead. */
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import type { BalancerOptions, ImplementationName } from '../balancer.ts';
import type { Dataplane } from '../dataplane.ts';
import { limitsOf, type AskedFor } from '../implementations/limits.ts';
import { nftablesLimitsOf, type LimitedOption } from '../nftables/limits.ts';

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
  readonly warn: (text: string) => void;
}

/** @throws ConfigurationError `cannot-do` */
export function checkLimits(
  balancer: Omit<BalancerOptions, 'log'>,
  { implementation, dataplane, given, warn }: CheckLimitsOptions,
): void {
  const name = implementation === 'hop' ? dataplane : implementation;
  for (const { option, answer, wanted, instead } of runInto(balancer, implementation, dataplane)) {
    const flag = flagOf[option];
    const message = `--${flag}: ${name} cannot do it: ${instead}, not ${wanted}`;
    if (answer === 'refuse') throw new ConfigurationError('cannot-do', message, { flag });
    if (given.has(flag)) warn(message);
  }
}

interface RunInto {
  readonly option: AskedFor['option'] | LimitedOption;
  readonly answer: 'refuse' | 'warn';
  readonly wanted: string;
  readonly instead: string;
}

function runInto(
  balancer: Omit<BalancerOptions, 'log'>,
  implementation: ImplementationName,
  dataplane: Dataplane['kind'],
): readonly RunInto[] {
  if (implementation === 'hop') {
    const limits = dataplane === 'nftables' ? nftablesLimitsOf(balancer) : [];
    return limits.flatMap(({ asked, userspace: wanted, nftables: instead }) =>
      asked === undefined ? [] : [{ ...asked, wanted, instead }],
    );
  }
  return limitsOf(implementation, balancer).flatMap(({ limit, answer }) => {
    const { asked, instead, hop: wanted } = limit;
    const what = instead[implementation];
    if (asked === undefined || what === undefined) return [];
    return [{ option: asked.option, answer, wanted, instead: what }];
  });
}
