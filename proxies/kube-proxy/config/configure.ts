/** From flags, or a file, to one configuration that is known to make sense. */
import { hostname } from 'node:os';
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import { splitValues, type FlagValues } from '../../kit/flags.ts';
import type { flags as flagList } from '../facts/flags.ts';
import { defaultConfiguration, withPort, type Configuration } from './configuration.ts';
import { readConfiguration } from './read-configuration.ts';
import { checkConfiguration } from './check-configuration.ts';

export type Flags = FlagValues<(typeof flagList)[number]>;

/**
 * A file stands for all flags but `--hostname-override` and `-v`, as upstream.
 *
 * @throws ConfigurationError
 */
export async function configure(flags: Flags, given: ReadonlySet<string>): Promise<Configuration> {
  const { config: file } = flags;
  const configuration = file === '' ? fromFlags(flags, given) : await readConfiguration(file);
  const override = flags['hostname-override'];
  if (override !== '' && override.trim() === '') {
    throw new ConfigurationError('bad-hostname', 'empty hostname-override is invalid');
  }
  const { logging } = configuration;
  const whole: Configuration = {
    ...configuration,
    hostnameOverride: override.trim().toLowerCase() || configuration.hostnameOverride,
    logging: given.has('v') ? { ...logging, verbosity: flags.v } : logging,
  };
  checkConfiguration(whole);
  return whole;
}

/** The name of the Node: the host's, unless it is overridden. */
export function nodeNameOf({ hostnameOverride }: Configuration): string {
  return (hostnameOverride || hostname()).trim().toLowerCase();
}

function fromFlags(flags: Flags, given: ReadonlySet<string>): Configuration {
  const configuration = defaultConfiguration();
  const period = (name: 'min-sync-period' | 'sync-period') =>
    given.has(`nftables-${name}`) ? flags[`nftables-${name}`] : flags[`iptables-${name}`];
  const isIPv6 = flags['bind-address'].includes(':');
  const address = (name: 'healthz-bind-address' | 'metrics-bind-address', onIPv6: string) =>
    isIPv6 && !given.has(name) ? onIPv6 : flags[name];
  return {
    ...configuration,
    featureGates: gatesOf(splitValues(flags['feature-gates'])),
    clientConnection: {
      ...configuration.clientConnection,
      kubeconfig: flags.kubeconfig,
      qps: floatOf('kube-api-qps', flags['kube-api-qps']),
      burst: flags['kube-api-burst'],
    },
    bindAddress: flags['bind-address'],
    healthzBindAddress: portOr(address('healthz-bind-address', '[::]:10256'), 10256),
    metricsBindAddress: portOr(address('metrics-bind-address', '[::1]:10249'), 10249),
    bindAddressHardFail: flags['bind-address-hard-fail'],
    mode: flags['proxy-mode'] || 'nftables',
    nftables: {
      masqueradeBit: flags['nftables-masquerade-bit'],
      masqueradeAll: flags['masquerade-all'],
      minSyncPeriod: period('min-sync-period'),
      syncPeriod: period('sync-period'),
    },
    detectLocalMode: flags['detect-local-mode'] || 'ClusterCIDR',
    detectLocal: {
      bridgeInterface: flags['pod-bridge-interface'],
      interfaceNamePrefix: flags['pod-interface-name-prefix'],
    },
    clusterCIDR: flags['cluster-cidr'],
    nodePortAddresses: splitValues(flags['nodeport-addresses']),
    oomScoreAdj: flags['oom-score-adj'],
    conntrack: {
      maxPerCore: flags['conntrack-max-per-core'],
      min: flags['conntrack-min'],
      tcpEstablishedTimeout: flags['conntrack-tcp-timeout-established'],
      tcpCloseWaitTimeout: flags['conntrack-tcp-timeout-close-wait'],
      tcpBeLiberal: flags['conntrack-tcp-be-liberal'],
      udpTimeout: flags['conntrack-udp-timeout'],
      udpStreamTimeout: flags['conntrack-udp-timeout-stream'],
    },
    configSyncPeriod: flags['config-sync-period'],
  };
}

function floatOf(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && !Number.isNaN(value)) return value;
  const list = `${JSON.stringify(text)} for "--${name}" flag`;
  const why = `strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`;
  throw new ConfigurationError('bad-number', `invalid argument ${list}: ${why}`);
}

/** Empty: no such server. */
function portOr(address: string, port: number): string {
  return address === '' ? '' : withPort(address, port);
}

function gatesOf(texts: readonly string[]): Record<string, boolean> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name = '', value = ''] = /^\s*([^=\s]+)\s*=\s*(true|false)\s*$/i.exec(text) ?? [];
      if (name === '') {
        const message = `invalid argument ${JSON.stringify(text)} for "--feature-gates" flag: must be key=bool`;
        throw new ConfigurationError('bad-flag', message);
      }
      return [name, value.toLowerCase() === 'true'] as const;
    }),
  );
}
