/**
 * The machines of the lab and their addresses. In namespaces every machine has a network stack of its
 * own with these addresses; on loopback they share the host's.
 */

export type MachineRole =
  'store' | 'apiserver' | 'load-balancer' | 'controllers' | 'node' | 'cloud' | 'client';

export interface MachinePlan {
  /** `apiserver-1`, `node-3` */
  readonly name: string;
  readonly role: MachineRole;
  /**
   * IPv4, then IPv6; empty on loopback, where the system gives out ports. There the load balancer alone has
   * one, as `host:port`: its clients must know it before it is there.
   */
  readonly addresses: readonly string[];
  /** Of one that is outside, and has a leg on the cluster's network, too: what it is called there. */
  readonly clusterAddresses?: readonly string[];
  /** A node's share of the pod range, IPv4 then IPv6. */
  readonly podRanges: readonly string[];
}

export const ranges = {
  /** Where clients are: the internet of the lab (TEST-NET-1 and the documentation prefix). */
  outside: ['192.0.2.0/24', '2001:db8::/64'],
  /** Control plane and nodes. */
  cluster: ['172.30.0.0/24', 'fd00:172:30::/64'],
  pods: ['10.244.0.0/16', 'fd00:10:244::/48'],
  services: ['10.96.0.0/16', 'fd00:10:96::/112'],
  /** What the cloud gives to Services of type LoadBalancer (TEST-NET-3). */
  loadBalancers: ['203.0.113.0/24', '2001:db8:113::/64'],
} as const;

/** The router between the outside and the cluster: the supervisor's own network. */
export const router = {
  outside: ['192.0.2.1', '2001:db8::1'],
  cluster: ['172.30.0.1', 'fd00:172:30::1'],
} as const;

/** Where everybody finds the apiservers, and the only way from outside to them. */
export const apiserverLoadBalancer = {
  name: 'apiserver-load-balancer',
  addresses: ['192.0.2.2', '2001:db8::2'],
  port: 6443,
  /** `--admin-bind-address`: where it says how it is. */
  adminPort: 10_261,
} as const;

/**
 * The cloud of the lab: gives addresses to Services of type LoadBalancer. On the nodes' network too, as the load
 * balancers of a cloud are: what it sends on unchanged, it hands to a node itself.
 */
export const cloudLoadBalancer = {
  name: 'cloud-load-balancer',
  addresses: ['192.0.2.3', '2001:db8::3'],
  clusterAddresses: ['172.30.0.3', 'fd00:172:30::3'],
  /** `--admin-bind-address`: where it says how it is. */
  adminPort: 10_262,
} as const;

/** Where the machines of the cluster listen; on loopback the system gives out ports. */
export const storePort = 2379;
export const apiserverPort = 6443;
export const kubeletPort = 10_250;

export interface TopologyOptions {
  /** 1 to 9 of each. */
  readonly apiservers: number;
  readonly nodes: number;
}

/** Three of each. */
export const defaultTopology: TopologyOptions = { apiservers: 3, nodes: 3 };

export type LabMode = 'isolated' | 'loopback';

/** Where a lab has its addresses. On loopback several labs share a host, each with a share of 127.0.0.0/8. */
export interface LabPlace {
  readonly mode: LabMode;
  /** 0 to 24; 0 where the lab has a network of its own. */
  readonly share: number;
}

export const isolatedPlace: LabPlace = { mode: 'isolated', share: 0 };
export const loopbackShares = 25;

/** What Services get their addresses from. On loopback nobody serves the IPv6 ones. */
export function serviceRangesOf({ mode, share }: LabPlace): readonly string[] {
  return mode === 'isolated' ? ranges.services : [`127.${96 + share}.0.0/16`, ranges.services[1]];
}

/** What pods get their addresses from: `--cluster-cidr`. */
export function clusterCidrsOf({ mode }: LabPlace): readonly string[] {
  return mode === 'isolated' ? ranges.pods : ['127.244.0.0/16'];
}

/** `--address-pool` of the cloud. On loopback nobody is reached at the IPv6 ones. */
export function loadBalancerPoolsOf({ mode, share }: LabPlace): readonly string[] {
  return mode === 'isolated' ? ranges.loadBalancers : [`127.203.${share}.0/24`];
}

/** Where the kube-proxy listens whose turn it is: the nodes of a loopback lab share one network. */
export function proxyTurnOf(place: LabPlace): string {
  return `${(serviceRangesOf(place)[0] ?? '').replace(/0\.0\/\d+$/, '255.254')}:12797`;
}

/** Where kube-proxy tells load balancers whether its node is to get packets: upstream's port, where nodes have hosts. */
export function nodeHealthPortOf({ mode, share }: LabPlace): number {
  return mode === 'isolated' ? 10_256 : 10_300 + share;
}

/** The ClusterIP of the cluster's DNS: the tenth of the Services' addresses. */
export function clusterDnsOf(place: LabPlace): string {
  return (serviceRangesOf(place)[0] ?? '').replace(/0\/\d+$/, '10');
}

/**
 * Every machine of a lab of this size. The client outside is there only where networks are.
 *
 * @param apiserver where the apiservers are found on loopback, as `host:port`
 */
export function planMachines(
  { apiservers, nodes }: TopologyOptions,
  place: LabPlace = isolatedPlace,
  apiserver = '',
): readonly MachinePlan[] {
  const machines = [
    machine('store', 'store', 10),
    ...count(apiservers).map((index) => machine(`apiserver-${index}`, 'apiserver', 10 + index)),
    loadBalancer,
    cloud,
    machine('controllers', 'controllers', 9),
    ...count(nodes).map((index) => ({
      ...machine(`node-${index}`, 'node', 20 + index),
      podRanges: podRangesOf(index, place),
    })),
  ];
  if (place.mode === 'isolated') return [...machines, client];
  return machines.map(({ name, role, podRanges }) => ({
    name,
    role,
    podRanges,
    addresses: role === 'load-balancer' ? [apiserver] : [],
  }));
}

const loadBalancer: MachinePlan = {
  name: apiserverLoadBalancer.name,
  role: 'load-balancer',
  addresses: apiserverLoadBalancer.addresses,
  podRanges: [],
};

const cloud: MachinePlan = {
  name: cloudLoadBalancer.name,
  role: 'cloud',
  addresses: cloudLoadBalancer.addresses,
  clusterAddresses: cloudLoadBalancer.clusterAddresses,
  podRanges: [],
};

const client: MachinePlan = {
  name: 'client',
  role: 'client',
  addresses: ['192.0.2.10', '2001:db8::10'],
  podRanges: [],
};

/** Whether a machine of this role is outside of the cluster, on the network of its clients. */
export function isOutside({ role }: Pick<MachinePlan, 'role'>): boolean {
  return role === 'client' || role === 'load-balancer' || role === 'cloud';
}

/** The pods' addresses on the node of this number; on loopback they are below 127. */
function podRangesOf(index: number, { mode, share }: LabPlace): readonly string[] {
  if (mode === 'loopback') return [`127.244.${share * 10 + index}.0/24`];
  return [`10.244.${index}.0/24`, `fd00:10:244:${index}::/64`];
}

function machine(name: string, role: MachineRole, host: number): MachinePlan {
  return { name, role, addresses: [`172.30.0.${host}`, `fd00:172:30::${host}`], podRanges: [] };
}

function count(many: number): readonly number[] {
  return Array.from({ length: many }, (_, index) => index + 1);
}
