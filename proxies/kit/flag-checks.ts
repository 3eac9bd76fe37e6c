/** What the values of flags must be, beyond their type. Each throws a ConfigurationError with the hint to follow. */
import { ConfigurationError } from './apiserver/configuration-error.ts';
import { goDuration } from './go-duration.ts';
import { splitAddress } from './http/split-address.ts';

type Values<Name extends string, Value> = Readonly<Record<NoInfer<Name>, Value>>;

/** @throws ConfigurationError `bad-value` */
export function oneOf<Name extends string, const T extends string>(
  flags: Values<Name, string>,
  name: Name,
  values: readonly T[],
): T {
  const found = values.find((value) => value === flags[name]);
  if (found !== undefined) return found;
  const message = `--${name}: unknown value ${JSON.stringify(flags[name])}`;
  throw new ConfigurationError('bad-value', message, { flag: name, values: values.join(', ') });
}

/** @throws ConfigurationError `bad-duration` */
export function longerThan0<Name extends string>(flags: Values<Name, number>, name: Name): number {
  if (flags[name] > 0) return flags[name];
  throw new ConfigurationError(
    'bad-duration',
    `--${name}: ${goDuration(flags[name])} is too short: must be longer than 0`,
  );
}

/** @throws ConfigurationError `bad-duration` */
export function atLeast0<Name extends string>(flags: Values<Name, number>, name: Name): number {
  if (flags[name] >= 0) return flags[name];
  throw new ConfigurationError(
    'bad-duration',
    `--${name}: ${goDuration(flags[name])} is too short: must be 0 or longer`,
  );
}

/** @throws ConfigurationError `bad-count` */
export function atLeast<Name extends string>(
  least: number,
  flags: Values<Name, number>,
  name: Name,
): number {
  if (flags[name] >= least) return flags[name];
  throw new ConfigurationError(
    'bad-count',
    `--${name}: ${flags[name]} is too few: must be ${least} or more`,
    { flag: name, least: String(least) },
  );
}

/** Where to listen, as IP:port; empty: nowhere. @throws ConfigurationError `bad-listen` */
export function listenAddress<Name extends string>(
  flags: Values<Name, string>,
  name: Name,
): string {
  const text = flags[name];
  if (text === '') return text;
  try {
    splitAddress(text);
    return text;
  } catch {
    const why = `${JSON.stringify(text)} is no address to listen on: must be IP:port`;
    throw new ConfigurationError('bad-listen', `--${name}: ${why}`);
  }
}
