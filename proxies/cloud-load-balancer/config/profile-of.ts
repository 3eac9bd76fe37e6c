/** `--provider`, and how the health checks are to differ from it. */
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import { closest } from '../../kit/closest.ts';
import { atLeast, atLeast0 } from '../../kit/flag-checks.ts';
import { findProfile, profiles } from '../facts/profiles.ts';
import type { HealthCheck, ProviderProfile } from '../profile.ts';
import type { Flags } from './configure.ts';

/** @throws ConfigurationError `bad-provider`, `bad-provider-close` */
export function profileOf({ provider: name }: Flags): ProviderProfile {
  const profile = findProfile(name);
  if (profile) return profile;
  const ids = profiles.map(({ id }): string => id);
  const [suggestion] = closest(name, ids);
  const message = `--provider: unknown value ${JSON.stringify(name)}`;
  const values = ids.join(', ');
  throw suggestion === undefined
    ? new ConfigurationError('bad-provider', message, { values })
    : new ConfigurationError('bad-provider-close', message, { values, suggestion });
}

/**
 * How nodes are asked for their health, where that is not as the provider does it.
 *
 * @throws ConfigurationError `no-checks`, `bad-duration`, `bad-count`
 */
export function checkOf(flags: Flags, { id, healthCheck }: ProviderProfile): Partial<HealthCheck> {
  const wanted = wantedChecks(flags);
  const [first] = wanted;
  // Where Services choose among providers, it is for those that check.
  if (first && healthCheck.value === null && flags['provider-annotation'] === '') {
    throw new ConfigurationError('no-checks', `--${first.flag}: ${id} checks no nodes`, {
      flag: first.flag,
    });
  }
  return Object.fromEntries(wanted.map(({ field, value }) => [field, value]));
}

interface Wanted {
  readonly flag: string;
  readonly field: keyof HealthCheck;
  readonly value: number;
}

/** 0 is as the provider does it. */
function wantedChecks(flags: Flags): readonly Wanted[] {
  const all: readonly Wanted[] = [
    {
      flag: 'check-interval',
      field: 'intervalSeconds',
      value: atLeast0(flags, 'check-interval') / 1000,
    },
    {
      flag: 'check-timeout',
      field: 'timeoutSeconds',
      value: atLeast0(flags, 'check-timeout') / 1000,
    },
    {
      flag: 'healthy-threshold',
      field: 'healthyThreshold',
      value: atLeast(0, flags, 'healthy-threshold'),
    },
    {
      flag: 'unhealthy-threshold',
      field: 'unhealthyThreshold',
      value: atLeast(0, flags, 'unhealthy-threshold'),
    },
  ];
  return all.filter(({ value }) => value > 0);
}
