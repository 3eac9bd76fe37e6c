/** The flags, come to one configuration that is known to make sense. */
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import type { Terminal } from '../../kit/command.ts';
import { splitValues, type FlagValues } from '../../kit/flags.ts';
import { goDuration } from '../../kit/go-duration.ts';
import { splitAddress } from '../../kit/http/split-address.ts';
import { klogLine } from '../../kit/klog.ts';
import { implementations } from '../balancer.ts';
import { balances } from '../dataplane.ts';
import type { flags as flagList } from '../facts/flags.ts';
import { checkAuthority } from './check-authority.ts';
import { checkLimits } from './check-limits.ts';
import type { Configuration } from './configuration.ts';
import { listenAddresses } from './listen-addresses.ts';
import { refuseOwnCluster } from './refuse-own-cluster.ts';
import { sourceOf } from './source-of.ts';

export type Flags = FlagValues<(typeof flagList)[number]>;

export interface ConfigureOptions {
  readonly given: ReadonlySet<string>;
  readonly terminal: Terminal;
  readonly log: (line: string) => void;
}

/** @throws ConfigurationError, KubeconfigError */
export async function configure(flags: Flags, options: ConfigureOptions): Promise<Configuration> {
  const { given, terminal, log } = options;
  const implementation = oneOf(flags, 'implementation', implementations);
  const dataplane = oneOf(flags, 'dataplane', ['userspace', 'nftables']);
  const listen = await listenAddresses(splitValues(flags.listen), !given.has('listen'));
  const source = await sourceOf(flags, terminal);
  refuseOwnCluster(source, listen);
  const warn = (text: string) => log(klogLine('W', 'hop', text));
  const proxyProtocol = oneOf(flags, 'proxy-protocol', ['off', 'v1', 'v2']);
  if (proxyProtocol !== 'off') {
    warn(
      `--proxy-protocol=${proxyProtocol}: apiservers do not understand it, and end such connections; ` +
        'leave it off unless something that does stands in between',
    );
  }
  const balancer = {
    listen,
    balance: oneOf(flags, 'balance', balances),
    whenNoneReady: oneOf(flags, 'when-none-ready', ['try-all', 'refuse']),
    dialTimeoutMs: longerThan0(flags, 'dial-timeout'),
    drainTimeoutMs: atLeast0(flags, 'drain-timeout'),
    idleTimeoutMs: atLeast0(flags, 'idle-timeout'),
    keepAliveMs: atLeast0(flags, 'tcp-keepalive'),
    maxConnectionAgeMs: atLeast0(flags, 'max-connection-age'),
    proxyProtocol,
    check: {
      path: checkPath(flags['check-path']),
      intervalMs: longerThan0(flags, 'check-interval'),
      timeoutMs: longerThan0(flags, 'check-timeout'),
      rise: atLeast1(flags, 'rise'),
      fall: atLeast1(flags, 'fall'),
      caPem: await checkAuthority(flags, { implementation, source, terminal }),
      serverName: flags['check-server-name'] || null,
    },
  };
  checkLimits(balancer, { implementation, dataplane, given, messages: terminal.messages, warn });
  const adminBindAddress = adminAddress(flags['admin-bind-address']);
  return { implementation, dataplane, source, adminBindAddress, balancer };
}

function oneOf<const T extends string>(
  flags: Flags,
  name: 'implementation' | 'dataplane' | 'balance' | 'proxy-protocol' | 'when-none-ready',
  values: readonly T[],
): T {
  const found = values.find((value) => value === flags[name]);
  if (found !== undefined) return found;
  const message = `--${name}: unknown value ${JSON.stringify(flags[name])}`;
  throw new ConfigurationError('bad-value', message, { flag: name, values: values.join(', ') });
}

type DurationName = {
  [Name in keyof Flags]: Flags[Name] extends number ? Name : never;
}[keyof Flags];

function longerThan0(flags: Flags, name: DurationName): number {
  if (flags[name] > 0) return flags[name];
  throw new ConfigurationError(
    'bad-duration',
    `--${name}: ${goDuration(flags[name])} is too short: must be longer than 0`,
  );
}

function atLeast0(flags: Flags, name: DurationName): number {
  if (flags[name] >= 0) return flags[name];
  throw new ConfigurationError(
    'bad-duration',
    `--${name}: ${goDuration(flags[name])} is too short: must be 0 or longer`,
  );
}

function atLeast1(flags: Flags, name: 'rise' | 'fall'): number {
  if (flags[name] >= 1) return flags[name];
  throw new ConfigurationError(
    'bad-count',
    `--${name}: ${flags[name]} is too few: must be 1 or more`,
  );
}

/** As RFC 3986 spells them: what stands in a request line, and nothing that ends it. */
function checkPath(path: string): string {
  if (/^\/[\w\-.~!$&'()*+,;=:@%/?]*$/.test(path)) return path;
  const why = `${JSON.stringify(path)} is no path of a request`;
  throw new ConfigurationError('bad-check-path', `--check-path: ${why}`);
}

function adminAddress(text: string): string {
  if (text === '') return text;
  try {
    splitAddress(text);
    return text;
  } catch {
    const why = `${JSON.stringify(text)} is no address to listen on: must be IP:port`;
    throw new ConfigurationError('bad-listen', `--admin-bind-address: ${why}`);
  }
}
