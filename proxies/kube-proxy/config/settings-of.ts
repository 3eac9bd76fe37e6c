/** What the proxy is started with, of a configuration. */
import type { ConntrackSettings } from '../conntrack/sysctls.ts';
import { defaultSettings, type DetectLocal, type KubeProxySettings } from '../options.ts';
import type { Configuration } from './configuration.ts';

export function settingsOf(configuration: Configuration): KubeProxySettings {
  const { nftables, nodePortAddresses } = configuration;
  return {
    ...defaultSettings,
    bindAddress: configuration.bindAddress,
    healthzBindAddress: configuration.healthzBindAddress,
    metricsBindAddress: configuration.metricsBindAddress,
    isBindHardFail: configuration.bindAddressHardFail,
    detectLocal: detectLocalOf(configuration),
    nodePortAddresses:
      nodePortAddresses.length === 0 ? defaultSettings.nodePortAddresses : nodePortAddresses,
    masqueradeBit: nftables.masqueradeBit,
    masqueradeAll: nftables.masqueradeAll,
    minSyncPeriodMs: nftables.minSyncPeriod,
    syncPeriodMs: nftables.syncPeriod,
    allowsExternalIPs: configuration.featureGates.AllowServiceExternalIPs ?? true,
  };
}

/** A mode that nobody knows was refused before. */
function detectLocalOf({ detectLocalMode, detectLocal, clusterCIDR }: Configuration): DetectLocal {
  const { bridgeInterface, interfaceNamePrefix } = detectLocal;
  switch (detectLocalMode) {
    case 'NodeCIDR':
      return { mode: detectLocalMode };
    case 'BridgeInterface':
      return { mode: detectLocalMode, bridgeInterface };
    case 'InterfaceNamePrefix':
      return { mode: detectLocalMode, interfaceNamePrefix };
    default:
      return {
        mode: 'ClusterCIDR',
        clusterCIDRs: clusterCIDR === '' ? [] : clusterCIDR.split(','),
      };
  }
}

export function conntrackOf({ conntrack }: Configuration): ConntrackSettings {
  const seconds = (ms: number) => Math.trunc(ms / 1000);
  return {
    maxPerCore: conntrack.maxPerCore,
    min: conntrack.min,
    tcpBeLiberal: conntrack.tcpBeLiberal,
    tcpEstablishedTimeout: seconds(conntrack.tcpEstablishedTimeout),
    tcpCloseWaitTimeout: seconds(conntrack.tcpCloseWaitTimeout),
    udpTimeout: seconds(conntrack.udpTimeout),
    udpStreamTimeout: seconds(conntrack.udpStreamTimeout),
  };
}
