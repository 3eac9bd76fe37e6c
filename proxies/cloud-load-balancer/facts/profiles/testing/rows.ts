/**
 * Specification 5.4, row by row: what each provider makes of the same Services. Written from upstream's code, not from
 * the profiles, so that a wrong cell there fails here.
 */
import type { ProviderProfile } from '../../../profile.ts';
import type { ProfileId } from '../../profiles.ts';
import type { ServiceWish } from './service-with.ts';

export interface Seen {
  /** What follows `Error syncing load balancer: `. */
  readonly fails?: string;
  /** The ports that are forwarded; absent: all, unless it fails. */
  readonly serves?: readonly string[];
  /** `reason: message`, all of them warnings. */
  readonly events?: readonly string[];
}

export interface Case {
  readonly service: ServiceWish;
  /** The cells that say so. */
  readonly cells: readonly (keyof ProviderProfile)[];
}

const internal = {
  'service.beta.kubernetes.io/aws-load-balancer-internal': 'true',
  'networking.gke.io/load-balancer-type': 'Internal',
  'service.beta.kubernetes.io/azure-load-balancer-internal': 'true',
  'service.beta.kubernetes.io/do-loadbalancer-network': 'INTERNAL',
  'service.beta.kubernetes.io/openstack-internal-load-balancer': 'true',
};

const mixedWanted = {
  'service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener': 'true',
};

export const cases = {
  TCP: { service: { ports: ['TCP 80', 'TCP 443'] }, cells: ['protocols'] },
  UDP: { service: { ports: ['UDP 53'] }, cells: ['protocols', 'otherProtocol'] },
  SCTP: { service: { ports: ['SCTP 3868'] }, cells: ['protocols', 'otherProtocol'] },
  'internal SCTP': {
    service: { ports: ['SCTP 3868'], annotations: internal },
    cells: ['protocols', 'internal'],
  },
  'TCP and UDP': {
    service: { ports: ['TCP 53', 'UDP 53'] },
    cells: ['mixedProtocols', 'mixedRefusal', 'otherProtocol'],
  },
  'TCP and UDP on two ports': {
    service: { ports: ['TCP 80', 'UDP 53'] },
    cells: ['mixedProtocols', 'mixedRefusal', 'otherProtocol'],
  },
  'TCP and UDP, opted in': {
    service: { ports: ['TCP 53', 'UDP 53'], annotations: mixedWanted },
    cells: ['mixedProtocols', 'mixedAnnotation', 'mixedRefusal', 'otherProtocol'],
  },
  'TCP and SCTP': {
    service: { ports: ['TCP 80', 'SCTP 3868'] },
    cells: ['mixedProtocols', 'protocols', 'otherProtocol'],
  },
  'ClientIP affinity': {
    service: { sessionAffinity: 'ClientIP' },
    cells: ['affinityRefusal', 'protocols'],
  },
  'a loadBalancerIP': {
    service: { loadBalancerIP: '203.0.113.77' },
    cells: ['loadBalancerIPRefusal', 'loadBalancerIP'],
  },
} as const satisfies Record<string, Case>;

export type CaseName = keyof typeof cases;

const all: Seen = {};
const notSupported = (protocol: string): Seen => ({
  fails: `Protocol ${protocol} not supported by LoadBalancer`,
});
const mixed: Seen = { fails: 'mixed protocol is not supported for LoadBalancer' };
const onAws = {
  TCP: all,
  SCTP: notSupported('SCTP'),
  'internal SCTP': notSupported('SCTP'),
  'TCP and UDP': mixed,
  'TCP and UDP on two ports': mixed,
  'TCP and UDP, opted in': mixed,
  'TCP and SCTP': mixed,
  'ClientIP affinity': { fails: 'unsupported load balancer affinity: ClientIP' },
  'a loadBalancerIP': { fails: 'LoadBalancerIP cannot be specified for AWS ELB' },
};
const everything: Readonly<Record<CaseName, Seen>> = {
  TCP: all,
  UDP: all,
  SCTP: all,
  'internal SCTP': all,
  'TCP and UDP': all,
  'TCP and UDP on two ports': all,
  'TCP and UDP, opted in': all,
  'TCP and SCTP': all,
  'ClientIP affinity': all,
  'a loadBalancerIP': all,
};
const noEnumValue =
  "ValidationError: 1 validation error detected: Value 'SCTP' at 'protocol' failed to satisfy constraint: Member must satisfy enum value set: […]";
const refusedByAws: Seen = {
  fails: noEnumValue,
  events: [`FailedDeployModel: Failed deploy model due to ${noEnumValue}`],
};
const mixedAtGcp: Seen = {
  ...mixed,
  events: [
    'LoadBalancerMixedProtocolNotSupported: LoadBalancer with multiple protocols are not supported.',
  ],
};
const internalOnly: Seen = {
  fails: 'SCTP is only supported on standard loadbalancer in internal mode',
};
const onlyTcpOrUdp: Seen = {
  fails:
    'failed to build load-balancer request: only TCP or UDP protocol is supported, got: "SCTP"',
};
const skippedAtHetzner = (protocol: string) =>
  `UnsupportedProtocolConfigured: configured unsupported Hetzner Cloud load balancer protocol ${protocol} for service with name shop`;

export const rows: Readonly<Record<ProfileId, Readonly<Record<CaseName, Seen>>>> = {
  hop: everything,
  'aws-nlb': { ...onAws, UDP: all },
  'aws-clb': { ...onAws, UDP: notSupported('UDP') },
  'aws-lb-controller': {
    ...everything,
    SCTP: refusedByAws,
    'internal SCTP': refusedByAws,
    'TCP and UDP': { serves: ['TCP 53'] },
    'TCP and SCTP': refusedByAws,
  },
  gcp: {
    ...everything,
    SCTP: {
      fails:
        'failed to create forwarding rule for load balancer (a52f9c1a40b7e4c559d3a6b1f0e8a7c2(default/shop)): invalid protocol SCTP, only TCP and UDP are supported',
    },
    'internal SCTP': { fails: 'Invalid protocol SCTP, only TCP and UDP are supported' },
    'TCP and UDP': mixedAtGcp,
    'TCP and UDP on two ports': mixedAtGcp,
    'TCP and UDP, opted in': mixedAtGcp,
    'TCP and SCTP': mixedAtGcp,
  },
  azure: { ...everything, SCTP: internalOnly, 'TCP and SCTP': internalOnly },
  digitalocean: {
    ...everything,
    SCTP: onlyTcpOrUdp,
    'internal SCTP': onlyTcpOrUdp,
    'TCP and SCTP': onlyTcpOrUdp,
  },
  openstack: everything,
  hetzner: {
    ...everything,
    UDP: { serves: [], events: [skippedAtHetzner('UDP')] },
    SCTP: { serves: [], events: [skippedAtHetzner('SCTP')] },
    'internal SCTP': { serves: [], events: [skippedAtHetzner('SCTP')] },
    'TCP and UDP': { serves: ['TCP 53'], events: [skippedAtHetzner('UDP')] },
    'TCP and UDP on two ports': { serves: ['TCP 80'], events: [skippedAtHetzner('UDP')] },
    'TCP and UDP, opted in': { serves: ['TCP 53'], events: [skippedAtHetzner('UDP')] },
    'TCP and SCTP': { serves: ['TCP 80'], events: [skippedAtHetzner('SCTP')] },
  },
  metallb: everything,
  klipper: everything,
  'kube-vip': everything,
  'cloud-provider-kind': {
    ...everything,
    SCTP: { serves: [] },
    'internal SCTP': { serves: [] },
    'TCP and SCTP': { serves: ['TCP 80'] },
  },
};

/** What the status shows of a Service with both families and the ports 80/TCP and 53/TCP. */
export const statuses: Readonly<Record<ProfileId, readonly object[]>> = (() => {
  const ports = [
    { port: 80, protocol: 'TCP' },
    { port: 53, protocol: 'TCP' },
  ];
  const [ipv4, ipv6] = [{ ip: '203.0.113.4' }, { ip: '2001:db8:113::4' }];
  const vip = { ipMode: 'VIP' };
  const proxy = { ipMode: 'Proxy' };
  const hostname = (id: string) => [
    { hostname: `a52f9c1a40b7e4c559d3a6b1f0e8a7c2.${id}.cloud.example` },
  ];
  return {
    hop: [
      { ...ipv4, ...vip, ports },
      { ...ipv6, ...vip, ports },
    ],
    'aws-nlb': hostname('aws-nlb'),
    'aws-clb': hostname('aws-clb'),
    'aws-lb-controller': hostname('aws-lb-controller').map((shown) => ({ ...shown, ports })),
    gcp: [ipv4],
    azure: [ipv4, ipv6],
    digitalocean: [ipv4, ipv6],
    openstack: [{ ...ipv4, ...vip }],
    hetzner: [
      { ...ipv4, ...vip },
      { ...ipv6, ...vip },
    ],
    metallb: [ipv4, ipv6],
    klipper: [{ ip: '172.30.0.11' }, { ip: '172.30.0.12' }, { ip: 'fd00:172:30::11' }],
    'kube-vip': [
      { ...ipv4, ports },
      { ...ipv6, ports },
    ],
    'cloud-provider-kind': [
      { ...ipv4, ...proxy, ports },
      { ...ipv6, ...proxy, ports },
    ],
  };
})();

/** Who serves Services of which classes; null: those without one. */
export const served: Readonly<Record<ProfileId, readonly (string | null)[]>> = {
  hop: [null],
  'aws-nlb': [null],
  'aws-clb': [null],
  'aws-lb-controller': [null, 'service.k8s.aws/nlb'],
  gcp: [
    null,
    'networking.gke.io/l4-regional-external-legacy',
    'networking.gke.io/l4-regional-internal-legacy',
  ],
  azure: [null],
  digitalocean: [null],
  openstack: [null],
  hetzner: [null],
  metallb: [null],
  klipper: [null],
  'kube-vip': [null, 'kube-vip.io/kube-vip-class'],
  'cloud-provider-kind': [null],
};
