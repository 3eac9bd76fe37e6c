/** The flags of `hop apiserver-lb`. Kubernetes has no such program: all of them are ours. */
import type { z } from 'zod';
import type { flagSchema } from '../../descriptor.ts';

const list = [
  { name: 'listen', type: 'strings', default: ['0.0.0.0:6443', '[::]:6443'], group: 'listen' },
  {
    name: 'admin-bind-address',
    type: 'string',
    default: '127.0.0.1:10261',
    group: 'listen',
  },

  { name: 'backend', type: 'strings', default: [], group: 'backends' },
  { name: 'backends-file', type: 'string', default: '', group: 'backends' },
  { name: 'endpoint-slices', type: 'bool', default: false, group: 'backends' },
  {
    name: 'kubeconfig',
    type: 'string',
    default: '',
    group: 'backends',
    describedAs: 'kubeconfig-of-backends',
  },

  { name: 'check-path', type: 'string', default: '/readyz', group: 'checks' },
  { name: 'check-interval', type: 'duration', default: '1s', group: 'checks' },
  // Longer than a kube-apiserver with a slow etcd thinks before it says 500: see `CheckOptions`.
  { name: 'check-timeout', type: 'duration', default: '5s', group: 'checks' },
  { name: 'rise', type: 'int', default: 2, group: 'checks' },
  { name: 'fall', type: 'int', default: 2, group: 'checks' },
  { name: 'check-ca-file', type: 'string', default: '', group: 'checks' },
  { name: 'check-insecure', type: 'bool', default: false, group: 'checks' },
  { name: 'check-server-name', type: 'string', default: '', group: 'checks' },

  { name: 'balance', type: 'string', default: 'round-robin', group: 'connections' },
  { name: 'when-none-ready', type: 'string', default: 'try-all', group: 'connections' },
  { name: 'dial-timeout', type: 'duration', default: '500ms', group: 'connections' },
  { name: 'drain-timeout', type: 'duration', default: '5m0s', group: 'connections' },
  { name: 'idle-timeout', type: 'duration', default: '0s', group: 'connections' },
  { name: 'tcp-keepalive', type: 'duration', default: '30s', group: 'connections' },
  { name: 'max-connection-age', type: 'duration', default: '0s', group: 'connections' },
  { name: 'proxy-protocol', type: 'string', default: 'off', group: 'connections' },

  { name: 'implementation', type: 'string', default: 'hop', group: 'dataplane' },
  { name: 'dataplane', type: 'string', default: 'userspace', group: 'dataplane' },
  {
    name: 'cleanup',
    type: 'bool',
    default: false,
    group: 'dataplane',
    describedAs: 'cleanup-of-balancer',
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

export const flags = list.map((flag) => ({ ...flag, upstream: false }) as const);
