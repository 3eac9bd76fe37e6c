/** The configuration as `/configz` shows it: by the names of upstream's internal type, as recorded. */
import { goDuration } from '../../kit/go-duration.ts';
import type { Configuration } from './configuration.ts';

export function configzOf(configuration: Configuration): object {
  const { clientConnection, conntrack, logging, nftables, clusterCIDR } = configuration;
  const { iptables, ipvs, winkernel, detectLocal } = configuration;
  return {
    Linux: {
      Conntrack: {
        MaxPerCore: conntrack.maxPerCore,
        Min: conntrack.min,
        TCPEstablishedTimeout: goDuration(conntrack.tcpEstablishedTimeout),
        TCPCloseWaitTimeout: goDuration(conntrack.tcpCloseWaitTimeout),
        TCPBeLiberal: conntrack.tcpBeLiberal,
        UDPTimeout: goDuration(conntrack.udpTimeout),
        UDPStreamTimeout: goDuration(conntrack.udpStreamTimeout),
      },
      MasqueradeAll: nftables.masqueradeAll,
      OOMScoreAdj: configuration.oomScoreAdj,
    },
    Windows: { RunAsService: configuration.windowsRunAsService },
    FeatureGates: configuration.featureGates,
    ClientConnection: {
      Kubeconfig: clientConnection.kubeconfig,
      AcceptContentTypes: clientConnection.acceptContentTypes,
      ContentType: clientConnection.contentType,
      QPS: clientConnection.qps,
      Burst: clientConnection.burst,
    },
    Logging: {
      format: logging.format,
      flushFrequency: goDuration(logging.flushFrequency),
      verbosity: logging.verbosity,
      options: { text: { infoBufferSize: '0' }, json: { infoBufferSize: '0' } },
    },
    HostnameOverride: configuration.hostnameOverride,
    BindAddress: configuration.bindAddress,
    HealthzBindAddress: configuration.healthzBindAddress,
    MetricsBindAddress: configuration.metricsBindAddress,
    BindAddressHardFail: configuration.bindAddressHardFail,
    EnableProfiling: configuration.enableProfiling,
    ShowHiddenMetricsForVersion: configuration.showHiddenMetricsForVersion,
    Mode: configuration.mode,
    IPTables: {
      MasqueradeBit: iptables.masqueradeBit,
      LocalhostNodePorts: iptables.localhostNodePorts,
    },
    IPVS: {
      Scheduler: ipvs.scheduler,
      ExcludeCIDRs: ipvs.excludeCIDRs.length === 0 ? null : ipvs.excludeCIDRs,
      StrictARP: ipvs.strictARP,
      TCPTimeout: goDuration(ipvs.tcpTimeout),
      TCPFinTimeout: goDuration(ipvs.tcpFinTimeout),
      UDPTimeout: goDuration(ipvs.udpTimeout),
    },
    Winkernel: {
      NetworkName: winkernel.networkName,
      SourceVip: winkernel.sourceVip,
      EnableDSR: winkernel.enableDSR,
      RootHnsEndpointName: winkernel.rootHnsEndpointName,
      ForwardHealthCheckVip: winkernel.forwardHealthCheckVip,
    },
    NFTables: { MasqueradeBit: nftables.masqueradeBit },
    DetectLocalMode: configuration.detectLocalMode,
    DetectLocal: {
      BridgeInterface: detectLocal.bridgeInterface,
      ClusterCIDRs: clusterCIDR === '' ? null : clusterCIDR.split(','),
      InterfaceNamePrefix: detectLocal.interfaceNamePrefix,
    },
    NodePortAddresses:
      configuration.nodePortAddresses.length === 0 ? null : configuration.nodePortAddresses,
    SyncPeriod: goDuration(nftables.syncPeriod),
    MinSyncPeriod: goDuration(nftables.minSyncPeriod),
    ConfigSyncPeriod: goDuration(configuration.configSyncPeriod),
  };
}
