import { expect, it } from 'vitest';
import { loadMessages } from '../../kit/messages.ts';
import type { BalancerOptions } from '../balancer.ts';
import { implementationLimits, type ImplementationLimit } from '../implementations/limits.ts';
import { nftablesLimits, type NftablesLimit } from '../nftables/limits.ts';
import { checkLimits } from './check-limits.ts';

const messages = loadMessages('en');

const asked: Omit<BalancerOptions, 'log'> = {
  listen: [],
  balance: 'first-healthy',
  whenNoneReady: 'try-all',
  proxyProtocol: 'off',
  ...{ dialTimeoutMs: 500, drainTimeoutMs: 0, idleTimeoutMs: 0, maxConnectionAgeMs: 0 },
  keepAliveMs: 30_000,
  check: {
    ...{ path: '/readyz', intervalMs: 1_000, timeoutMs: 5_000, rise: 2, fall: 2 },
    ...{ caPem: 'an authority', serverName: null },
  },
};

const given = new Set(['tcp-keepalive', 'balance', 'check-ca-file']);

it.each([
  ['hop', 'userspace', []],
  [
    'hop',
    'nftables',
    [
      '--tcp-keepalive: The kernel probes no silent connection. Client and apiserver see to it themselves.',
    ],
  ],
  [
    'haproxy',
    'userspace',
    [
      '--check-ca-file: HAProxy verifies who signed the apiservers’ certificates, and host names in them. It does not compare addresses.',
      '--when-none-ready: When no apiserver is ready, HAProxy tries all, also those with a certificate of another cluster. --when-none-ready refuse tries none.',
    ],
  ],
  [
    'nginx',
    'userspace',
    [
      '--check-ca-file: nginx does not look at the apiservers’ certificates.',
      '--balance: After the first, nginx takes any of the others in turn, not in the order of the list.',
      '--tcp-keepalive: nginx probes silent connections to apiservers at the system’s times, on Linux after two hours.',
    ],
  ],
] as const)(
  '%s (%s) says what happens instead of what was asked for',
  (implementation, dataplane, said) => {
    const warnings: string[] = [];
    const warn = (text: string) => void warnings.push(text);
    checkLimits(asked, { implementation, dataplane, given, messages, warn });
    expect(warnings).toEqual(said);
  },
);

it('has words for whatever may happen instead', () => {
  const kernel: readonly NftablesLimit[] = nftablesLimits;
  const programs: readonly ImplementationLimit[] = implementationLimits;
  const outcomes = [
    ...kernel.flatMap((limit) => (limit.asked?.answer === 'warn' ? [limit.nftables] : [])),
    ...programs.flatMap(({ asked, instead }) =>
      asked?.answer === 'warn'
        ? Object.entries(instead).flatMap(([name, outcome]) =>
            asked.of === undefined || asked.of === name ? [outcome] : [],
          )
        : [],
    ),
  ];
  expect(outcomes.length).toBeGreaterThan(0);
  const wordless = outcomes.filter((one) => !messages.has(`cli.apiserver-lb.limits.${one}`));
  expect(wordless).toEqual([]);
});
