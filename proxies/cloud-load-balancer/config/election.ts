/** `--leader-elect…`, checked as client-go checks them. */
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import { longerThan0 } from '../../kit/flag-checks.ts';
import type { Election } from './configuration.ts';
import type { Flags } from './configure.ts';
import { dnsLabel, dnsSubdomain } from './names.ts';

/** How much longer than asked for a pause between two tries may be. */
const jitterFactor = 1.2;

/** @throws ConfigurationError `bad-duration`, `bad-election`, `bad-name` */
export function electionOf(flags: Flags): Election | null {
  if (!flags['leader-elect']) return null;
  const leaseDurationMs = longerThan0(flags, 'leader-elect-lease-duration');
  const renewDeadlineMs = longerThan0(flags, 'leader-elect-renew-deadline');
  const retryPeriodMs = longerThan0(flags, 'leader-elect-retry-period');
  if (leaseDurationMs <= renewDeadlineMs) {
    throw refuse('leaseDuration must be greater than renewDeadline');
  }
  if (renewDeadlineMs <= jitterFactor * retryPeriodMs) {
    throw refuse('renewDeadline must be greater than retryPeriod*JitterFactor');
  }
  // The Lease says it in whole seconds.
  if (leaseDurationMs < 1000) throw refuse('leaseDuration must be at least one second');
  const lease = {
    namespace: dnsLabel(flags, 'leader-elect-resource-namespace'),
    name: dnsSubdomain(flags, 'leader-elect-resource-name'),
  };
  return { lease, leaseDurationMs, renewDeadlineMs, retryPeriodMs };
}

function refuse(why: string): ConfigurationError {
  return new ConfigurationError('bad-election', `--leader-elect: ${why}`);
}
