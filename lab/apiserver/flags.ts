/** The flags of `hop apiserver` and of the lab's apiservers: kube-apiserver's names, types and defaults. */
import type { Flag } from '../../proxies/descriptor.ts';
import type { FlagValues } from '../../proxies/kit/flags.ts';

/** A flag; what it does is the message `cli.apiserver.flags.<name>`. */
interface ApiserverFlag extends Pick<Flag, 'name' | 'type' | 'shorthand'> {
  readonly default: string | number | boolean | readonly string[];
  readonly group: 'listen' | 'storage' | 'credentials' | 'access' | 'network' | 'diagnostics';
}

export const apiserverFlags = [
  { group: 'listen', name: 'bind-address', type: 'string', default: '0.0.0.0' },
  { group: 'listen', name: 'secure-port', type: 'int', default: 6443 },
  { group: 'listen', name: 'advertise-address', type: 'string', default: '' },
  { group: 'listen', name: 'tls-cert-file', type: 'string', default: '' },
  { group: 'listen', name: 'tls-private-key-file', type: 'string', default: '' },
  { group: 'listen', name: 'cert-dir', type: 'string', default: '/var/run/kubernetes' },
  { group: 'listen', name: 'max-requests-inflight', type: 'int', default: 400 },
  { group: 'listen', name: 'max-mutating-requests-inflight', type: 'int', default: 200 },
  { group: 'listen', name: 'shutdown-delay-duration', type: 'duration', default: '0s' },
  { group: 'storage', name: 'etcd-servers', type: 'string', default: '' },
  { group: 'credentials', name: 'anonymous-auth', type: 'bool', default: true },
  { group: 'credentials', name: 'client-ca-file', type: 'string', default: '' },
  { group: 'credentials', name: 'token-auth-file', type: 'string', default: '' },
  { group: 'credentials', name: 'api-audiences', type: 'strings', default: [] },
  { group: 'credentials', name: 'service-account-issuer', type: 'strings', default: [] },
  { group: 'credentials', name: 'service-account-key-file', type: 'strings', default: [] },
  { group: 'credentials', name: 'service-account-signing-key-file', type: 'string', default: '' },
  { group: 'credentials', name: 'requestheader-client-ca-file', type: 'string', default: '' },
  { group: 'credentials', name: 'requestheader-allowed-names', type: 'strings', default: [] },
  { group: 'credentials', name: 'requestheader-username-headers', type: 'strings', default: [] },
  { group: 'credentials', name: 'requestheader-uid-headers', type: 'strings', default: [] },
  { group: 'credentials', name: 'requestheader-group-headers', type: 'strings', default: [] },
  {
    group: 'credentials',
    name: 'requestheader-extra-headers-prefix',
    type: 'strings',
    default: [],
  },
  { group: 'access', name: 'authorization-mode', type: 'strings', default: [] },
  {
    group: 'network',
    name: 'service-cluster-ip-range',
    type: 'string',
    default: '10.96.0.0/16,fd00:10:96::/112',
  },
  { group: 'network', name: 'service-node-port-range', type: 'string', default: '30000-32767' },
  { group: 'network', name: 'endpoint-reconciler-type', type: 'string', default: 'lease' },
  { group: 'network', name: 'allow-loopback-endpoints', type: 'bool', default: false },
  { group: 'network', name: 'kubelet-client-certificate', type: 'string', default: '' },
  { group: 'network', name: 'kubelet-client-key', type: 'string', default: '' },
  { group: 'network', name: 'kubelet-certificate-authority', type: 'string', default: '' },
  { group: 'network', name: 'proxy-client-cert-file', type: 'string', default: '' },
  { group: 'network', name: 'proxy-client-key-file', type: 'string', default: '' },
  {
    group: 'network',
    name: 'aggregator-reject-forwarding-redirect',
    type: 'bool',
    default: true,
  },
  { group: 'diagnostics', name: 'audit-log-path', type: 'string', default: '' },
  { group: 'diagnostics', name: 'help', shorthand: 'h', type: 'bool', default: false },
] as const satisfies readonly ApiserverFlag[];

export type ApiserverFlags = FlagValues<(typeof apiserverFlags)[number]>;
