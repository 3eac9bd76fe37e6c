/**
 * Rulesets as upstream's nftables mode writes them (specification 3.3 and 3.5): a chain for each Service, and
 * its endpoints in a map in its rule (1.36), or in a chain for each of them (until 1.35). ClusterIPs without
 * affinity, as the Services of this benchmark are.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { nodeNetwork } from '../../proxies/kit/testing/node-network.ts';
import {
  clusterIP,
  endpointIP,
  endpointsEach,
  namespaceOf,
  serviceName,
  targetPort,
} from './cluster.ts';

const table = 'ip kube-proxy';
const mark = '0x4000';
const destination = 'ip daddr . meta l4proto . th dport';
/** A user namespace refuses transactions above about 208 KB. */
const largestChunkBytes = 150_000;

export type UpstreamVersion = '1.35' | '1.36';

/** Each string is one transaction. */
export function upstreamRuleset(version: UpstreamVersion, count: number): string[] {
  const chunks = [skeleton.map((line) => line.replace('TABLE', table)).join('\n')];
  let lines: string[] = [];
  let bytes = 0;
  for (let index = 0; index < count; index++) {
    for (const line of serviceLines(version, index)) {
      lines.push(line);
      // What it is on its way to the kernel is about twice its text.
      bytes += 2 * line.length;
    }
    if (bytes < largestChunkBytes && index + 1 < count) continue;
    chunks.push(lines.join('\n'));
    lines = [];
    bytes = 0;
  }
  return chunks;
}

/** One endpoint of a Service gives way to another: its chain is written anew (specification 3.9). */
export function upstreamChange(version: UpstreamVersion, index: number, turn: number): string {
  const hairpin = (at: number) =>
    `${endpointIP(index, 0, at)} . ${endpointIP(index, 0, at)} . tcp . ${targetPort}`;
  return [
    `add element ${table} hairpin-connections { ${hairpin(turn)} }`,
    ...chainLines(version, index, [turn, 0, 0]),
    `delete element ${table} hairpin-connections { ${hairpin(turn)} }`,
  ].join('\n');
}

export function runNft(text: string): void {
  execFileSync('nft', ['-f', '-'], { input: text, stdio: ['pipe', 'ignore', 'inherit'] });
}

function* serviceLines(version: UpstreamVersion, index: number): Iterable<string> {
  yield* chainLines(version, index, [0, 0, 0]);
  yield `add element ${table} cluster-ips { ${clusterIP(index)} }`;
  yield `add element ${table} service-ips { ${clusterIP(index)} . tcp . 80 : goto ${chainOf(index)} }`;
}

/** The Service's chain; each turn gives an endpoint an address of its own. */
function* chainLines(
  version: UpstreamVersion,
  index: number,
  turns: readonly number[],
): Iterable<string> {
  const chain = chainOf(index);
  yield `add chain ${table} ${chain}`;
  if (version === '1.35') {
    for (const [endpoint, turn] of turns.entries()) {
      const own = endpointChainOf(index, endpoint, turn);
      const address = endpointIP(index, endpoint, turn);
      yield `add chain ${table} ${own}`;
      yield `flush chain ${table} ${own}`;
      yield `add rule ${table} ${own} ip saddr ${address} mark set mark or ${mark}`;
      yield `add rule ${table} ${own} meta l4proto tcp dnat to ${address}:${targetPort}`;
    }
  }
  yield `flush chain ${table} ${chain}`;
  const rule = version === '1.35' ? balanceByChains : balance;
  yield `add rule ${table} ${chain} ${rule(index, turns)}`;
}

function balanceByChains(index: number, turns: readonly number[]): string {
  const chains = turns.map(
    (turn, endpoint) => `${endpoint} : goto ${endpointChainOf(index, endpoint, turn)}`,
  );
  return `numgen random mod ${endpointsEach} vmap { ${chains.join(' , ')} }`;
}

function endpointChainOf(index: number, endpoint: number, turn: number): string {
  const address = `${endpointIP(index, endpoint, turn)}/${targetPort}`;
  const base = `${namespaceOf(index)}/${serviceName(index)}/tcp/http__${address}`;
  return `endpoint-${shortHash(base)}-${base}`;
}

function balance(index: number, turns: readonly number[]): string {
  const endpoints = turns.map(
    (turn, endpoint) => `${endpoint} : ${endpointIP(index, endpoint, turn)} . ${targetPort}`,
  );
  return `meta l4proto tcp dnat ip addr . port to numgen random mod ${endpointsEach} map { ${endpoints.join(' , ')} }`;
}

function chainOf(index: number): string {
  const base = `${namespaceOf(index)}/${serviceName(index)}/tcp/http`;
  return `service-${shortHash(base)}-${base}`;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The first 8 characters of base32 of the SHA-256. */
function shortHash(text: string): string {
  const bits = BigInt(`0x${createHash('sha256').update(text).digest('hex').slice(0, 10)}`);
  return Array.from(
    { length: 8 },
    (_, at) => alphabet[Number((bits >> BigInt(35 - 5 * at)) & 31n)],
  ).join('');
}

const skeleton = [
  'add table TABLE { comment "rules for kube-proxy" ; }',
  'add set TABLE cluster-ips { type ipv4_addr ; comment "Active ClusterIPs" ; }',
  'add set TABLE nodeport-ips { type ipv4_addr ; }',
  'add set TABLE hairpin-connections { type ipv4_addr . ipv4_addr . inet_proto . inet_service ; }',
  ...['service-ips', 'no-endpoint-services', 'firewall-ips'].map(
    (name) => `add map TABLE ${name} { type ipv4_addr . inet_proto . inet_service : verdict ; }`,
  ),
  ...['service-nodeports', 'no-endpoint-nodeports'].map(
    (name) => `add map TABLE ${name} { type inet_proto . inet_service : verdict ; }`,
  ),
  ...[
    ['filter-prerouting-pre-dnat', 'type filter hook prerouting priority -110'],
    ['filter-output-pre-dnat', 'type filter hook output priority -110'],
    ['filter-input', 'type filter hook input priority 0'],
    ['filter-forward', 'type filter hook forward priority 0'],
    ['filter-output', 'type filter hook output priority 0'],
    ['nat-prerouting', 'type nat hook prerouting priority -100'],
    ['nat-output', 'type nat hook output priority -100'],
    ['nat-postrouting', 'type nat hook postrouting priority 100'],
  ].map(([name = '', hook = '']) => `add chain TABLE ${name} { ${hook} ; }`),
  ...['services', 'masquerading', 'cluster-ips-check', 'service-endpoints-check'].map(
    (name) => `add chain TABLE ${name}`,
  ),
  ...['nodeport-endpoints-check', 'firewall-check', 'reject-chain'].map(
    (name) => `add chain TABLE ${name}`,
  ),
  ...[
    ['filter-input', 'ct state new jump nodeport-endpoints-check'],
    ['filter-input', 'ct state new jump service-endpoints-check'],
    ['filter-forward', 'ct state new jump service-endpoints-check'],
    ['filter-forward', 'ct state new jump cluster-ips-check'],
    ['filter-output', 'ct state new jump service-endpoints-check'],
    ['filter-output', 'ct state new jump cluster-ips-check'],
    ['filter-prerouting-pre-dnat', 'ct state new jump firewall-check'],
    ['filter-output-pre-dnat', 'ct state new jump firewall-check'],
    ['nat-prerouting', 'jump services'],
    ['nat-output', 'jump services'],
    ['nat-postrouting', 'jump masquerading'],
    [
      'services',
      `ip daddr @cluster-ips ip saddr != { ${nodeNetwork.podCIDRs.join(', ')} } mark set mark or ${mark}`,
    ],
    ['services', `${destination} vmap @service-ips`],
    ['services', 'ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports'],
    ['masquerading', `mark and ${mark} != 0 mark set mark xor ${mark} masquerade fully-random`],
    [
      'masquerading',
      `ct status dnat ip saddr . ${destination} @hairpin-connections masquerade fully-random`,
    ],
    ['cluster-ips-check', 'ip daddr @cluster-ips reject'],
    ['cluster-ips-check', `ip daddr { ${nodeNetwork.services} } drop`],
    ['service-endpoints-check', `${destination} vmap @no-endpoint-services`],
    [
      'nodeport-endpoints-check',
      'ip daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports',
    ],
    ['firewall-check', `${destination} vmap @firewall-ips`],
    ['reject-chain', 'reject'],
  ].map(([chain = '', rule = '']) => `add rule TABLE ${chain} ${rule}`),
];
