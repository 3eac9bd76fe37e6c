/** The flags, come to one configuration that is known to make sense. */
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import type { Terminal } from '../../kit/command.ts';
import { atLeast, atLeast0, listenAddress, longerThan0, oneOf } from '../../kit/flag-checks.ts';
import { splitValues, type FlagValues } from '../../kit/flags.ts';
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
      rise: atLeast(1, flags, 'rise'),
      fall: atLeast(1, flags, 'fall'),
      caPem: await checkAuthority(flags, { implementation, source, terminal }),
      serverName: flags['check-server-name'] || null,
    },
  };
  checkLimits(balancer, { implementation, dataplane, given, messages: terminal.messages, warn });
  const adminBindAddress = listenAddress(flags, 'admin-bind-address');
  return { implementation, dataplane, source, adminBindAddress, balancer };
}

/** As RFC 3986 spells them: what stands in a request line, and nothing that ends it. */
function checkPath(path: string): string {
  if (/^\/[\w\-.~!$&'()*+,;=:@%/?]*$/.test(path)) return path;
  const why = `${JSON.stringify(path)} is no path of a request`;
  throw new ConfigurationError('bad-check-path', `--check-path: ${why}`);
}
