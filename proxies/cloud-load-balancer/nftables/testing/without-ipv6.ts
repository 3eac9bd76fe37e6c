/** In a namespace that looks as one of a kernel without IPv6: what the dataplane does with pools of each family. */
import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { removeLocalAddresses, routeProtocols } from '../../../kit/l4/local-addresses.ts';
import { cleanUp } from '../clean-up.ts';
import { createNftablesDataplane } from '../nftables-dataplane.ts';

export interface WithoutIPv6Report {
  /** What iproute2 says of IPv6. */
  readonly refusal: string;
  /** While an address of IPv4 is served. */
  readonly tables: string;
  readonly routes: string;
  /** What a pool of IPv6 is refused with. */
  readonly pool: string;
  readonly cleaned: readonly string[];
  readonly localAddresses: number;
}

process.env.PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
const run = (line: string) => execFileSync('sh', ['-ec', line], { encoding: 'utf8' });

run(`
ip link set lo up
ip link add net0 type veth peer name net1
ip link set net1 up
ip address add 192.0.2.3/24 dev net0
ip link set net0 up
mount -t tmpfs -o mode=755 tmpfs /run
mkdir /run/ipv4 /run/programs
mount --rbind /proc/sys/net/ipv4 /run/ipv4
mount -t tmpfs -o mode=755 tmpfs /proc/sys/net
mkdir /proc/sys/net/ipv4
mount --rbind /run/ipv4 /proc/sys/net/ipv4
`);
const ip = run('command -v ip').trim();
writeFileSync(
  '/run/programs/ip',
  `#!/bin/sh
case " $* " in
*" -6 "*)
  echo "RTNETLINK answers: Address family not supported by protocol" >&2
  exit 2
esac
exec ${ip} "$@"
`,
);
chmodSync('/run/programs/ip', 0o755);
process.env.PATH = `/run/programs:${process.env.PATH}`;

const addressPools = ['203.0.113.0/24'];
const log = () => undefined;
const refusal = run('ip -6 rule show 2>&1 || true');
const refused = createNftablesDataplane({ addressPools: ['2001:db8:113::/64'], log });
const pool = await refused.then(() => 'taken', String);

const dataplane = await createNftablesDataplane({ addressPools, interface: 'net0', log });
await dataplane.replaceAll([]);
await dataplane.ensure({
  name: 'a1',
  service: 'default/shop',
  addresses: [{ family: 'IPv4', address: '203.0.113.10' }],
  mode: 'VIP',
  ports: [{ protocol: 'TCP', port: 80, nodePort: 30080 }],
  targets: [{ node: 'node-1', family: 'IPv4', address: '192.0.2.11' }],
  sourceRanges: [],
  sessionAffinity: 'None',
});
const [tables, routes] = [run('nft list tables'), run('ip route show table all')];
await dataplane[Symbol.asyncDispose]();
const cleaned: string[] = [];
await cleanUp(addressPools, (line) => void cleaned.push(line));
const localAddresses = await removeLocalAddresses(routeProtocols.cloudLoadBalancer);
const report = { refusal, tables, routes, pool, cleaned, localAddresses };
console.log(JSON.stringify(report satisfies WithoutIPv6Report));
