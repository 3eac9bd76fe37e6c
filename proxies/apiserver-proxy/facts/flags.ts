/** The flags of `hop apiserver-proxy`: kube-apiserver's names, where it has them. */
import type { z } from 'zod';
import type { flagSchema } from '../../descriptor.ts';

/** Which of a node's addresses is dialled: the first that it has. */
export const preferredAddressTypes = [
  'Hostname',
  'InternalDNS',
  'InternalIP',
  'ExternalDNS',
  'ExternalIP',
] as const;

export const flags = [
  { name: 'bind-address', type: 'string', default: '0.0.0.0', group: 'listen' },
  { name: 'secure-port', type: 'int', default: 6443, group: 'listen' },
  { name: 'tls-cert-file', type: 'string', default: '', group: 'listen' },
  { name: 'tls-private-key-file', type: 'string', default: '', group: 'listen' },
  { name: 'cert-dir', type: 'string', default: '/var/run/kubernetes', group: 'listen' },
  // Gone upstream since 1.24, and without effect since 1.20.
  {
    name: 'insecure-bind-address',
    type: 'string',
    default: '127.0.0.1',
    group: 'listen',
    upstream: false,
  },
  { name: 'insecure-port', type: 'int', default: 0, group: 'listen', upstream: false },
  { name: 'shutdown-delay-duration', type: 'duration', default: '0s', group: 'listen' },
  { name: 'kubeconfig', type: 'string', default: '', env: 'KUBECONFIG', group: 'cluster' },
  { name: 'context', type: 'string', default: '', group: 'cluster', upstream: false },
  { name: 'client-ca-file', type: 'string', default: '', group: 'authentication' },
  { name: 'anonymous-auth', type: 'bool', default: false, group: 'authentication' },
  { name: 'api-audiences', type: 'strings', default: [], group: 'authentication' },
  {
    name: 'authentication-token-webhook-cache-ttl',
    type: 'duration',
    default: '10s',
    group: 'authentication',
  },
  {
    name: 'authorization-webhook-cache-authorized-ttl',
    type: 'duration',
    default: '10s',
    group: 'authorization',
  },
  {
    name: 'authorization-webhook-cache-unauthorized-ttl',
    type: 'duration',
    default: '10s',
    group: 'authorization',
  },
  {
    name: 'authorization-always-allow-paths',
    type: 'strings',
    default: ['/healthz', '/readyz', '/livez'],
    group: 'authorization',
  },
  { name: 'kubelet-client-certificate', type: 'string', default: '', group: 'targets' },
  { name: 'kubelet-client-key', type: 'string', default: '', group: 'targets' },
  { name: 'kubelet-certificate-authority', type: 'string', default: '', group: 'targets' },
  {
    name: 'kubelet-preferred-address-types',
    type: 'strings',
    default: preferredAddressTypes,
    group: 'targets',
  },
  {
    name: 'allow-application-authorization',
    type: 'bool',
    default: false,
    group: 'targets',
    upstream: false,
  },
  // For clusters on one machine's loopback addresses, such as a lab without namespaces.
  {
    name: 'allow-loopback-endpoints',
    type: 'bool',
    default: false,
    group: 'targets',
    upstream: false,
    hidden: true,
  },
  { name: 'audit-log-path', type: 'string', default: '', group: 'diagnostics' },
  { name: 'v', shorthand: 'v', type: 'int', default: 0, group: 'diagnostics' },
  { name: 'help', shorthand: 'h', type: 'bool', default: false, group: 'diagnostics' },
] as const satisfies readonly z.input<typeof flagSchema>[];
