/**
 * The flags of `hop cloud-lb`. Those that cloud-controller-manager, cloud-provider-kind or MetalLB have, have their
 * names; `upstream` says which are cloud-controller-manager's.
 */
import type { z } from 'zod';
import type { flagSchema } from '../../descriptor.ts';

const upstream = [
  {
    name: 'kubeconfig',
    type: 'string',
    default: '',
    group: 'cluster',
    describedAs: 'kubeconfig-of-cloud',
  },
  { name: 'cluster-name', type: 'string', default: 'kubernetes', group: 'cluster' },
  { name: 'concurrent-service-syncs', type: 'int', default: 1, group: 'cluster' },

  { name: 'leader-elect', type: 'bool', default: true, group: 'election' },
  { name: 'leader-elect-lease-duration', type: 'duration', default: '15s', group: 'election' },
  { name: 'leader-elect-renew-deadline', type: 'duration', default: '10s', group: 'election' },
  { name: 'leader-elect-retry-period', type: 'duration', default: '2s', group: 'election' },
  // Not cloud-controller-manager: a cluster may have one, for its nodes and routes.
  {
    name: 'leader-elect-resource-name',
    type: 'string',
    default: 'hop-cloud-lb',
    group: 'election',
  },
  {
    name: 'leader-elect-resource-namespace',
    type: 'string',
    default: 'kube-system',
    group: 'election',
  },
] as const satisfies readonly z.input<typeof flagSchema>[];

const own = [
  { name: 'provider', type: 'string', default: 'hop', group: 'cloud' },
  { name: 'provider-annotation', type: 'string', default: '', group: 'cloud' },
  { name: 'load-balancer-class', type: 'string', default: '', group: 'cloud' },
  { name: 'address-pool', type: 'strings', default: ['127.0.113.0/24'], group: 'cloud' },
  { name: 'ip-mode', type: 'string', default: 'Proxy', group: 'cloud' },
  { name: 'sync-timeout', type: 'duration', default: '30s', group: 'cloud' },

  // 0: as the provider does it.
  {
    name: 'check-interval',
    type: 'duration',
    default: '0s',
    group: 'checks',
    describedAs: 'check-interval-of-cloud',
  },
  {
    name: 'check-timeout',
    type: 'duration',
    default: '0s',
    group: 'checks',
    describedAs: 'check-timeout-of-cloud',
  },
  { name: 'healthy-threshold', type: 'int', default: 0, group: 'checks' },
  { name: 'unhealthy-threshold', type: 'int', default: 0, group: 'checks' },

  {
    name: 'dataplane',
    type: 'string',
    default: 'userspace',
    group: 'dataplane',
    describedAs: 'dataplane-of-cloud',
  },
  { name: 'interface', type: 'string', default: '', group: 'dataplane' },
  { name: 'enable-lb-port-mapping', type: 'bool', default: false, group: 'dataplane' },
  {
    name: 'cleanup',
    type: 'bool',
    default: false,
    group: 'dataplane',
    describedAs: 'cleanup-of-cloud',
  },

  {
    name: 'admin-bind-address',
    type: 'string',
    default: '127.0.0.1:10258',
    group: 'listen',
    describedAs: 'admin-bind-address-of-cloud',
  },

  {
    name: 'v',
    shorthand: 'v',
    type: 'int',
    default: 0,
    group: 'diagnostics',
    describedAs: 'v-of-cloud',
  },
  {
    name: 'version',
    type: 'bool',
    default: false,
    group: 'diagnostics',
    describedAs: 'own-version',
  },
  { name: 'help', shorthand: 'h', type: 'bool', default: false, group: 'diagnostics' },
] as const satisfies readonly z.input<typeof flagSchema>[];

export const flags = [
  ...upstream.map((flag) => ({ ...flag, upstream: true }) as const),
  ...own.map((flag) => ({ ...flag, upstream: false }) as const),
] as const;
