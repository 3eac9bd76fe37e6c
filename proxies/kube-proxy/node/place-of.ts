/** What dataplanes must know of the node, from its object, the settings and the machine's interfaces. */
import { BlockList, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { DataplaneOptions, PodInterface } from '../dataplane.ts';
import { readAddress } from '../endpoints/ip-address.ts';
import { readRange } from '../endpoints/ip-range.ts';
import type { KubeProxySettings } from '../options.ts';
import type { Family } from '../service-port.ts';
import type { NodeObject } from './node-object.ts';

export type Place = Omit<DataplaneOptions, 'log'>;

const loopback: Readonly<Record<Family, string>> = { IPv4: '127.0.0.1', IPv6: '::1' };
const wholeRange: Readonly<Record<Family, string>> = { IPv4: '0.0.0.0/0', IPv6: '::/0' };

/** @param node null while there is none */
export function placeOf(
  family: Family,
  node: NodeObject | null,
  settings: KubeProxySettings,
  findAddresses = addressesOfMachine,
): Place {
  const nodeIPs = nodeIPsOf(family, node, settings.bindAddress);
  return {
    family,
    podCIDRs: podCIDRsOf(family, node, settings),
    podInterface: podInterfaceOf(settings),
    nodeIPs,
    nodePortIPs: nodePortIPsOf(family, nodeIPs, settings.nodePortAddresses, findAddresses),
    masqueradeBit: settings.masqueradeBit,
    masqueradeAll: settings.masqueradeAll,
    ...(hostAddresses(node).length === 0 && { isNodeUnknown: true }),
  };
}

/** Internal addresses before external ones, each once. */
function hostAddresses(node: NodeObject | null) {
  const listed = node?.status?.addresses ?? [];
  const texts = ['InternalIP', 'ExternalIP'].flatMap((wanted) =>
    listed.filter(({ type }) => type === wanted).map(({ address }) => address),
  );
  return [...new Set(texts)].map(readAddress).filter((read) => read !== null);
}

function boundTo(bindAddress: string) {
  return ['', '0.0.0.0', '::'].includes(bindAddress) ? null : readAddress(bindAddress);
}

/** The primary one first. Without any: loopback, as upstream. */
function nodeIPsOf(family: Family, node: NodeObject | null, bindAddress: string): string[] {
  const known = [boundTo(bindAddress), ...hostAddresses(node)]
    .filter((read) => read?.family === family)
    .map((read) => read?.address ?? '');
  return known.length > 0 ? [...new Set(known)] : [loopback[family]];
}

function podCIDRsOf(
  family: Family,
  node: NodeObject | null,
  { detectLocal }: KubeProxySettings,
): readonly string[] {
  if (detectLocal.mode === 'NodeCIDR') return rangesOf(family, node?.spec?.podCIDRs ?? []);
  return detectLocal.mode === 'ClusterCIDR' ? rangesOf(family, detectLocal.clusterCIDRs) : [];
}

function podInterfaceOf({ detectLocal }: KubeProxySettings): PodInterface | null {
  switch (detectLocal.mode) {
    case 'BridgeInterface':
      return { name: detectLocal.bridgeInterface, isPrefix: false };
    case 'InterfaceNamePrefix':
      return { name: detectLocal.interfaceNamePrefix, isPrefix: true };
    default:
      return null;
  }
}

function rangesOf(family: Family, ranges: readonly string[]): readonly string[] {
  return ranges
    .map(readRange)
    .filter((read) => read?.family === family)
    .map((read) => read?.address ?? '');
}

/** Never loopback. Null: every other address. */
function nodePortIPsOf(
  family: Family,
  [primary = loopback[family]]: readonly string[],
  wanted: readonly string[],
  findAddresses: () => readonly string[],
): readonly string[] | null {
  if (wanted.length === 1 && wanted[0] === 'primary') {
    return isLoopback(primary) ? [] : [primary];
  }
  const ranges = rangesOf(family, wanted);
  // A list that says nothing of a family does not limit it (upstream's NodePortAddresses).
  if (ranges.length === 0 || ranges.includes(wholeRange[family])) return null;
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', prefix] = range.split('/');
    list.addSubnet(network, Number(prefix), familyName(network));
  }
  return findAddresses()
    .filter((address) => familyName(address) === familyName(loopback[family]))
    .filter((address) => !isLoopback(address) && list.check(address, familyName(address)));
}

function familyName(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === loopback.IPv6;
}

function addressesOfMachine(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ address }) => address)
    .filter((address) => !address.startsWith('fe80:'));
}
