/**
 * For tests and benchmarks: a node in the middle, which is the network namespace of this process, a pod that
 * connects, and all endpoints of a cluster behind one cable.
 */
import { execFileSync } from 'node:child_process';

/** What is where. Each address of `endpoints` answers. */
export const nodeNetwork = {
  client: { namespace: 'client', address: '10.32.0.2' },
  endpoints: { namespace: 'endpoints', cidr: '10.64.0.0/10' },
  /** What is not sent elsewhere on its way is refused there. */
  services: '10.0.0.0/12',
  podCIDRs: ['10.32.0.0/16', '10.64.0.0/10'],
  nodeIP: '10.33.0.1',
} as const;

/** The process has namespaces of its own: `unshare --user --map-root-user --net --mount`. */
export function layNodeNetwork(): void {
  execFileSync('sh', ['-euc', script], { stdio: ['ignore', 'ignore', 'inherit'] });
}

const script = `
PATH=$PATH:/usr/sbin:/sbin
mount -t tmpfs tmpfs /run
ip link set lo up
for name in client endpoints; do
  ip netns add $name
  ip link add $name type veth peer name uplink netns $name
  ip link set $name up
  ip -netns $name link set lo up
  ip -netns $name link set uplink up
done
echo 1 > /proc/sys/net/ipv4/ip_forward
# Each refusal is told.
echo 0 > /proc/sys/net/ipv4/icmp_ratelimit
echo 0 > /proc/sys/net/ipv4/icmp_ratemask
ip address add 10.32.0.1/24 dev client
ip address add 10.33.0.1/24 dev endpoints
ip route add ${nodeNetwork.endpoints.cidr} via 10.33.0.2
ip route add ${nodeNetwork.services} via 10.33.0.2
ip -netns client address add ${nodeNetwork.client.address}/24 dev uplink
ip -netns client route add default via 10.32.0.1
ip -netns endpoints address add 10.33.0.2/24 dev uplink
ip -netns endpoints route add default via 10.33.0.1
for cidr in ${nodeNetwork.endpoints.cidr} ${nodeNetwork.services}; do
  ip -netns endpoints route add local $cidr dev lo
done
`;
