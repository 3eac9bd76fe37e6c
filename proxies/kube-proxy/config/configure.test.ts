import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseFlags } from '../../kit/flags.ts';
import { flags } from '../facts/flags.ts';
import { configzOf } from './configz.ts';
import { configure, nodeNameOf } from './configure.ts';
import { defaultConntrackSettings } from '../conntrack/sysctls.ts';
import { defaultSettings } from '../options.ts';
import { conntrackOf, settingsOf } from './settings-of.ts';
import { writeConfiguration } from './write-configuration.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kube-proxy-'));
});
afterAll(() => rm(directory, { recursive: true }));

function fromFlags(...argv: readonly string[]) {
  const { values, given } = parseFlags(flags, argv);
  return configure(values, given);
}

const header = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';

async function fromFile(text: string, ...argv: readonly string[]) {
  const path = join(directory, 'config.yaml');
  await writeFile(path, header + text);
  return fromFlags(`--config=${path}`, ...argv);
}

it('has upstream’s defaults, by flags and by a file that says nothing', async () => {
  const configuration = await fromFlags();
  expect(await fromFile('')).toEqual(configuration);
  expect(settingsOf(configuration)).toMatchObject({
    healthzBindAddress: '0.0.0.0:10256',
    metricsBindAddress: '127.0.0.1:10249',
    nodePortAddresses: ['primary'],
    masqueradeBit: 14,
    minSyncPeriodMs: 1000,
    syncPeriodMs: 30_000,
  });
});

it('starts as a proxy without settings does', async () => {
  expect(settingsOf(await fromFlags())).toEqual(defaultSettings);
  expect(conntrackOf(await fromFlags())).toEqual(defaultConntrackSettings);
});

it('takes each flag to its setting', async () => {
  const configuration = await fromFlags(
    '--bind-address=fd00::2',
    '--bind-address-hard-fail',
    '--cluster-cidr=10.1.0.0/16',
    '--feature-gates=AllowServiceExternalIPs=false',
    '--masquerade-all',
    '--nftables-masquerade-bit=3',
    '--nodeport-addresses=10.0.0.0/8,fd00::/8',
    '--iptables-sync-period=7s',
    '--iptables-min-sync-period=6s',
    '--oom-score-adj=5',
    '--conntrack-max-per-core=1',
    '--conntrack-min=2',
    '--conntrack-tcp-timeout-established=3s',
    '--conntrack-tcp-timeout-close-wait=4s',
    '--conntrack-tcp-be-liberal',
    '--conntrack-udp-timeout=5s',
    '--conntrack-udp-timeout-stream=6s',
  );
  expect(settingsOf(configuration)).toEqual({
    bindAddress: 'fd00::2',
    healthzBindAddress: '[::]:10256',
    metricsBindAddress: '[::1]:10249',
    isBindHardFail: true,
    detectLocal: { mode: 'ClusterCIDR', clusterCIDRs: ['10.1.0.0/16'] },
    nodePortAddresses: ['10.0.0.0/8', 'fd00::/8'],
    masqueradeBit: 3,
    masqueradeAll: true,
    minSyncPeriodMs: 6000,
    syncPeriodMs: 7000,
    families: ['IPv4', 'IPv6'],
    allowsExternalIPs: false,
  });
  expect(conntrackOf(configuration)).toEqual({
    maxPerCore: 1,
    min: 2,
    tcpEstablishedTimeout: 3,
    tcpCloseWaitTimeout: 4,
    tcpBeLiberal: true,
    udpTimeout: 5,
    udpStreamTimeout: 6,
  });
  expect(configuration.oomScoreAdj).toBe(5);
});

it('serves where it is told to, else in the family of the node’s address', async () => {
  const own = ['--healthz-bind-address=127.0.0.1', '--metrics-bind-address='];
  expect(settingsOf(await fromFlags('--bind-address=::', ...own))).toMatchObject({
    healthzBindAddress: '127.0.0.1:10256',
    metricsBindAddress: '',
  });
  expect(settingsOf(await fromFile('bindAddress: "::"'))).toMatchObject({
    healthzBindAddress: '[::]:10256',
    metricsBindAddress: '[::1]:10249',
  });
});

it('is the Node that a flag names, or the file, or the machine', async () => {
  const named = nodeNameOf(await fromFile('hostnameOverride: Node-2'));
  expect(named).toBe('node-2');
  const flag = await fromFile('hostnameOverride: other', '--hostname-override= Node-3 ');
  expect(flag.hostnameOverride).toBe('node-3');
  expect(nodeNameOf(await fromFlags())).toBe(hostname().toLowerCase());
});

it('takes null and zeros for the defaults, as in the file that kubeadm writes', async () => {
  const text = [
    'bindAddress: 0.0.0.0',
    'healthzBindAddress: ""',
    'clusterCIDR: 10.244.0.0/16',
    'configSyncPeriod: 0s',
    'conntrack: {maxPerCore: null, min: null, tcpEstablishedTimeout: null}',
    'nftables: {masqueradeBit: null, masqueradeAll: false, minSyncPeriod: 0s, syncPeriod: 0s}',
    'logging: {flushFrequency: 0, options: {json: {infoBufferSize: "0"}}, verbosity: 0}',
    'nodePortAddresses: null',
    'oomScoreAdj: null',
    'mode: nftables',
    'winkernel: {enableDSR: false, networkName: ""}',
  ].join('\n');
  expect(await fromFile(text)).toEqual({
    ...(await fromFlags('--cluster-cidr=10.244.0.0/16')),
    logging: {
      format: 'text',
      flushFrequency: 5000,
      verbosity: 0,
      options: expect.anything() as unknown,
    },
  });
});

it('lets the file stand for all flags but the name of the node and how much is said', async () => {
  const text = 'mode: userspace\nhostnameOverride: other\nclusterCIDR: 10.1.0.0/16\n';
  const argv = ['--proxy-mode=nftables', '--cluster-cidr=10.2.0.0/16', '-v=4'];
  const configuration = await fromFile(text, ...argv, '--hostname-override=Node-1');
  expect(configuration).toMatchObject({ mode: 'userspace', clusterCIDR: '10.1.0.0/16' });
  expect(configuration.logging.verbosity).toBe(4);
  expect(nodeNameOf(configuration)).toBe('node-1');
});

it('names the fields of a file that nobody knows', async () => {
  await expect(fromFile('nftables: {masqueradebit: 3}')).rejects.toThrow(
    'strict decoding error: unknown field "nftables.masqueradebit"',
  );
  await expect(fromFile('proxyMode: nftables')).rejects.toThrow('unknown field "proxyMode"');
  await expect(fromFile('nftables: {syncPeriod: soon}')).rejects.toThrow(
    'nftables.syncPeriod: time: invalid duration "soon"',
  );
});

it('takes periods of 0 from flags: each change is synced at once', async () => {
  const { minSyncPeriodMs } = settingsOf(await fromFlags('--iptables-min-sync-period=0'));
  expect(minSyncPeriodMs).toBe(0);
  const both = ['--iptables-min-sync-period=5s', '--nftables-min-sync-period=2s'];
  expect(settingsOf(await fromFlags(...both)).minSyncPeriodMs).toBe(2000);
});

it.each([
  [['--proxy-mode=iptables'], 'Mode: Invalid value: "iptables": must be nftables or userspace'],
  [['--detect-local-mode=Bridge'], 'DetectLocalMode: Invalid value: "Bridge": must be ClusterCIDR'],
  [
    ['--detect-local-mode=BridgeInterface', '--pod-interface-name-prefix=veth'],
    'DetectLocalConfiguration.InterfaceName: Invalid value: "": must not be empty',
  ],
  [
    ['--detect-local-mode=InterfaceNamePrefix', '--pod-interface-name-prefix=ve"th'],
    'DetectLocalConfiguration.InterfacePrefix: Invalid value: "ve\\"th": must be what Linux takes',
  ],
  [['--nftables-masquerade-bit=32'], 'MasqueradeBit: Invalid value: 32: must be within the range'],
  [['--nftables-sync-period=0'], 'SyncPeriod: Invalid value: 0: must be greater than 0'],
  [
    ['--nftables-sync-period=1s', '--nftables-min-sync-period=2s'],
    'SyncPeriod: Invalid value: 1000: must be greater than or equal to KubeProxyConfiguration',
  ],
  [['--nftables-min-sync-period=-1s'], 'MinSyncPeriod: Invalid value: -1000: must be greater'],
  [['--config-sync-period=0'], 'ConfigSyncPeriod: Invalid value: 0: must be greater than 0'],
  [['--conntrack-min=-1'], 'KubeProxyConntrackConfiguration.Min: Invalid value: -1'],
  [['--bind-address=nowhere'], 'BindAddress: Invalid value: "nowhere": not a valid textual'],
  [['--oom-score-adj=-1001'], 'OOMScoreAdj: Invalid value: -1001'],
  [['--healthz-bind-address=nowhere:1'], 'HealthzBindAddress: Invalid value: "nowhere:1"'],
  [['--cluster-cidr=10.0.0.0/8,10.1.0.0/16'], 'must be a valid DualStack CIDR'],
  [['--nodeport-addresses=primary,10.0.0.0/8'], 'NodePortAddresses: Invalid value'],
  [['--hostname-override= '], 'empty hostname-override is invalid'],
  [
    ['--kube-api-qps=fast'],
    'invalid argument "fast" for "--kube-api-qps" flag: strconv.ParseFloat: parsing "fast"',
  ],
  [['--feature-gates=X=maybe'], 'invalid argument "X=maybe" for "--feature-gates" flag'],
])('refuses %j', async (argv, why) => {
  await expect(fromFlags(...argv)).rejects.toThrow(why);
});

it.each([
  [
    ['--detect-local-mode=BridgeInterface', '--pod-bridge-interface=cbr0'],
    'detectLocalMode: BridgeInterface\ndetectLocal: {bridgeInterface: cbr0}',
    { mode: 'BridgeInterface', bridgeInterface: 'cbr0' },
  ],
  [
    ['--detect-local-mode=InterfaceNamePrefix', '--pod-interface-name-prefix=veth'],
    'detectLocalMode: InterfaceNamePrefix\ndetectLocal: {interfaceNamePrefix: veth}',
    { mode: 'InterfaceNamePrefix', interfaceNamePrefix: 'veth' },
  ],
])('tells pods by their interface: %j', async (argv, text, detectLocal) => {
  expect(settingsOf(await fromFlags(...argv)).detectLocal).toEqual(detectLocal);
  expect(settingsOf(await fromFile(text)).detectLocal).toEqual(detectLocal);
});

it('takes how often upstream may ask, which makes no difference here', async () => {
  const { clientConnection } = await fromFlags('--kube-api-qps=7.5', '--kube-api-burst=20');
  expect(clientConnection).toMatchObject({ qps: 7.5, burst: 20 });
  const inFile = await fromFile('clientConnection: {qps: 7.5, burst: 20}');
  expect(inFile.clientConnection).toEqual(clientConnection);
});

it('writes a file that it reads again', async () => {
  const path = join(directory, 'written.yaml');
  const configuration = await fromFlags(
    '--cluster-cidr=10.244.0.0/16,fd00:10:244::/56',
    '--conntrack-udp-timeout=90s',
    '--nodeport-addresses=10.0.0.0/8',
    '--feature-gates=AllowServiceExternalIPs=false',
  );
  await writeConfiguration(configuration, path);
  expect(await fromFlags(`--config=${path}`)).toEqual(configuration);
});

it('shows its configuration by the names that were recorded', async () => {
  expect(configzOf(await fromFlags('--cluster-cidr=10.244.77.0/24'))).toMatchObject({
    Linux: { Conntrack: { TCPEstablishedTimeout: '24h0m0s' }, OOMScoreAdj: -999 },
    ClientConnection: { QPS: 5, Burst: 10 },
    NFTables: { MasqueradeBit: 14 },
    DetectLocal: { BridgeInterface: '', ClusterCIDRs: ['10.244.77.0/24'], InterfaceNamePrefix: '' },
    SyncPeriod: '30s',
    MinSyncPeriod: '1s',
    ConfigSyncPeriod: '15m0s',
  });
});
