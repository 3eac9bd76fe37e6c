/** What a configuration must be, in the words of upstream's validation. */
import { isIP } from 'node:net';
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import { splitAddress } from '../../kit/http/split-address.ts';
import { readRange } from '../endpoints/ip-range.ts';
import { modeNames } from '../modes/mode.ts';
import type { Configuration } from './configuration.ts';

interface Problem {
  readonly field: string;
  readonly value: unknown;
  readonly detail: string;
  /** The message `cli.kube-proxy.hints.<hint>`. */
  readonly hint?: string;
}

/** @throws ConfigurationError with all that is wrong */
export function checkConfiguration(configuration: Configuration): void {
  const problems = [
    ...modeProblems(configuration),
    ...localModeProblems(configuration),
    ...numberProblems(configuration),
    ...addressProblems(configuration),
    ...rangeProblems(configuration),
  ];
  if (problems.length === 0) return;
  const texts = problems.map(
    ({ field, value, detail }) =>
      `KubeProxyConfiguration.${field}: Invalid value: ${JSON.stringify(value)}: ${detail}`,
  );
  const list = texts.length === 1 ? texts.join() : `[${texts.join(', ')}]`;
  const hint = problems.find((problem) => problem.hint)?.hint ?? 'bad-config-value';
  throw new ConfigurationError(hint, `failed validate: ${list}`, { modes: modeNames.join(', ') });
}

function* modeProblems({ mode }: Configuration): Iterable<Problem> {
  if (modeNames.some((name) => name === mode)) return;
  const detail = `must be ${modeNames.join(' or ')} or blank (blank means nftables)`;
  yield { field: 'Mode', value: mode, detail, hint: 'other-mode' };
}

const localModes = ['ClusterCIDR', 'NodeCIDR', 'BridgeInterface', 'InterfaceNamePrefix'];

function* localModeProblems({ detectLocalMode, detectLocal }: Configuration): Iterable<Problem> {
  if (!localModes.includes(detectLocalMode)) {
    const detail = `must be ${localModes.join(', ')} or blank (blank means ClusterCIDR)`;
    yield { field: 'DetectLocalMode', value: detectLocalMode, detail, hint: 'other-local-mode' };
  }
  const { bridgeInterface, interfaceNamePrefix } = detectLocal;
  const [field, value] =
    detectLocalMode === 'BridgeInterface'
      ? ['InterfaceName', bridgeInterface]
      : detectLocalMode === 'InterfaceNamePrefix'
        ? ['InterfacePrefix', interfaceNamePrefix]
        : ['', undefined];
  if (value === undefined || interfaceName.test(value)) return;
  const detail =
    value === '' ? 'must not be empty' : 'must be what Linux takes for the name of one';
  yield { field: `DetectLocalConfiguration.${field}`, value, detail, hint: 'no-interface' };
}

/** What Linux takes; and of that, what nft's language takes between quotes. */
const interfaceName = /^[^\s"*/:\\]{1,15}$/;

function* numberProblems({
  nftables,
  oomScoreAdj,
  conntrack,
  configSyncPeriod,
}: Configuration): Iterable<Problem> {
  const { masqueradeBit, syncPeriod, minSyncPeriod } = nftables;
  const within = 'KubeProxyNFTablesConfiguration';
  if (masqueradeBit < 0 || masqueradeBit > 31) {
    const detail = 'must be within the range [0, 31]';
    yield { field: `${within}.MasqueradeBit`, value: masqueradeBit, detail };
  }
  if (syncPeriod <= 0) {
    yield { field: `${within}.SyncPeriod`, value: syncPeriod, detail: 'must be greater than 0' };
  }
  if (minSyncPeriod < 0) {
    const detail = 'must be greater than or equal to 0';
    yield { field: `${within}.MinSyncPeriod`, value: minSyncPeriod, detail };
  }
  if (minSyncPeriod > syncPeriod) {
    const detail = `must be greater than or equal to KubeProxyConfiguration.${within}.MinSyncPeriod`;
    yield { field: `${within}.SyncPeriod`, value: syncPeriod, detail };
  }
  if (oomScoreAdj < -1000 || oomScoreAdj > 1000) {
    const detail = 'must be within the range [-1000, 1000]';
    yield { field: 'OOMScoreAdj', value: oomScoreAdj, detail };
  }
  if (configSyncPeriod <= 0) {
    const detail = 'must be greater than 0';
    yield { field: 'ConfigSyncPeriod', value: configSyncPeriod, detail };
  }
  for (const [name, value] of Object.entries(conntrack)) {
    if (typeof value !== 'number' || value >= 0) continue;
    const field = `KubeProxyConntrackConfiguration.${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`;
    yield { field, value, detail: 'must be greater than or equal to 0' };
  }
}

function* addressProblems(configuration: Configuration): Iterable<Problem> {
  const { bindAddress, healthzBindAddress, metricsBindAddress } = configuration;
  if (isIP(bindAddress) === 0) {
    const detail = 'not a valid textual representation of an IP address';
    yield { field: 'BindAddress', value: bindAddress, detail };
  }
  const servers = {
    HealthzBindAddress: healthzBindAddress,
    MetricsBindAddress: metricsBindAddress,
  };
  for (const [field, value] of Object.entries(servers)) {
    if (value !== '' && !isAddress(value)) yield { field, value, detail: 'must be IP:port' };
  }
}

function isAddress(text: string): boolean {
  try {
    return isIP(splitAddress(text).host) !== 0;
  } catch {
    return false;
  }
}

function* rangeProblems({ clusterCIDR, nodePortAddresses }: Configuration): Iterable<Problem> {
  const ranges = clusterCIDR === '' ? [] : clusterCIDR.split(',').map(readRange);
  const hasOfEach = new Set(ranges.map((range) => range?.family)).size === ranges.length;
  if (ranges.includes(null) || !hasOfEach) {
    const detail =
      ranges.length > 1
        ? 'must be a valid DualStack CIDR (e.g. 10.100.0.0/16,fde4:8dba:82e1::/48)'
        : 'must be a valid CIDR block (e.g. 10.100.0.0/16 or fde4:8dba:82e1::/48)';
    yield { field: 'ClusterCIDR', value: clusterCIDR, detail };
  }
  const isPrimary = nodePortAddresses.length === 1 && nodePortAddresses[0] === 'primary';
  if (!isPrimary && nodePortAddresses.some((text) => readRange(text) === null)) {
    const detail = 'must be valid IP blocks, or the single string primary';
    yield { field: 'NodePortAddresses', value: nodePortAddresses, detail };
  }
}
