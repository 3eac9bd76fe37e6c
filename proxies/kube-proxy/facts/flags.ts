/** The flags of `hop kube-proxy`: upstream's names and defaults; what upstream sets in a file alone is ours. */
import type { z } from 'zod';
import type { flagSchema } from '../../descriptor.ts';

export const flags = [
  { name: 'config', type: 'string', default: '', group: 'configuration' },
  { name: 'write-config-to', type: 'string', default: '', group: 'configuration' },
  { name: 'init-only', type: 'bool', default: false, group: 'configuration' },
  { name: 'cleanup', type: 'bool', default: false, group: 'configuration' },
  { name: 'feature-gates', type: 'strings', default: [], group: 'configuration' },

  { name: 'kubeconfig', type: 'string', default: '', group: 'cluster' },
  { name: 'master', type: 'string', default: '', group: 'cluster' },
  { name: 'hostname-override', type: 'string', default: '', group: 'cluster' },
  { name: 'config-sync-period', type: 'duration', default: '15m0s', group: 'cluster' },
  { name: 'kube-api-qps', type: 'string', default: '5', group: 'cluster' },
  { name: 'kube-api-burst', type: 'int', default: 10, group: 'cluster' },

  { name: 'proxy-mode', type: 'string', default: 'nftables', group: 'dataplane' },
  { name: 'masquerade-all', type: 'bool', default: false, group: 'dataplane' },
  {
    name: 'nftables-masquerade-bit',
    type: 'int',
    default: 14,
    group: 'dataplane',
    upstream: false,
  },
  // Upstream takes these for every mode but ipvs.
  { name: 'iptables-min-sync-period', type: 'duration', default: '1s', group: 'dataplane' },
  { name: 'iptables-sync-period', type: 'duration', default: '30s', group: 'dataplane' },
  {
    name: 'nftables-min-sync-period',
    type: 'duration',
    default: '1s',
    group: 'dataplane',
    upstream: false,
  },
  {
    name: 'nftables-sync-period',
    type: 'duration',
    default: '30s',
    group: 'dataplane',
    upstream: false,
  },
  { name: 'oom-score-adj', type: 'int', default: -999, group: 'dataplane' },

  {
    name: 'bind-address',
    type: 'string',
    default: '0.0.0.0',
    group: 'dataplane',
    describedAs: 'node-bind-address',
  },
  { name: 'cluster-cidr', type: 'string', default: '', group: 'dataplane' },
  { name: 'detect-local-mode', type: 'string', default: 'ClusterCIDR', group: 'dataplane' },
  { name: 'pod-bridge-interface', type: 'string', default: '', group: 'dataplane' },
  { name: 'pod-interface-name-prefix', type: 'string', default: '', group: 'dataplane' },
  { name: 'nodeport-addresses', type: 'strings', default: [], group: 'dataplane' },

  { name: 'healthz-bind-address', type: 'string', default: '0.0.0.0:10256', group: 'listen' },
  { name: 'metrics-bind-address', type: 'string', default: '127.0.0.1:10249', group: 'listen' },
  { name: 'bind-address-hard-fail', type: 'bool', default: false, group: 'listen' },

  { name: 'conntrack-max-per-core', type: 'int', default: 32_768, group: 'conntrack' },
  { name: 'conntrack-min', type: 'int', default: 131_072, group: 'conntrack' },
  {
    name: 'conntrack-tcp-timeout-established',
    type: 'duration',
    default: '24h0m0s',
    group: 'conntrack',
  },
  {
    name: 'conntrack-tcp-timeout-close-wait',
    type: 'duration',
    default: '1h0m0s',
    group: 'conntrack',
  },
  { name: 'conntrack-tcp-be-liberal', type: 'bool', default: false, group: 'conntrack' },
  { name: 'conntrack-udp-timeout', type: 'duration', default: '0s', group: 'conntrack' },
  { name: 'conntrack-udp-timeout-stream', type: 'duration', default: '0s', group: 'conntrack' },

  { name: 'v', shorthand: 'v', type: 'int', default: 0, group: 'diagnostics' },
  { name: 'version', type: 'bool', default: false, group: 'diagnostics' },
  { name: 'help', shorthand: 'h', type: 'bool', default: false, group: 'diagnostics' },
] as const satisfies readonly z.input<typeof flagSchema>[];
