/** The elements that one port of a Service needs: specification 3.5, in the maps of this layout. */
import type { Backend, ServicePort, ServicePortState } from '../service-port.ts';
import type { Frontend } from './frontends.ts';
import type { CollectionName } from './layout-facts.ts';
import { chainKinds, endpointsMap, rememberChain, type ChainKind } from './shared-chains.ts';
import { distinctRanges, isEverybody, isWithin } from '../../kit/nftables/source-ranges.ts';

/** Endpoints of a port in the order of their numbers, as maps hold them: `10.244.1.2 . 80`. */
export interface EndpointList {
  readonly slots: readonly string[];
  /** The id of their ClientIP affinity, as text; empty without affinity. */
  readonly affinityId: string;
}

/** A port as it is in the kernel, or is to be. */
export interface PlannedPort {
  readonly state: ServicePortState;
  /** Those of its frontends that no other port has. */
  readonly frontends: readonly Frontend[];
  readonly cluster: EndpointList;
  readonly local: EndpointList;
}

/** Told each element; empty strings where it has no data, or no comment. */
export type ElementVisitor = (
  collection: CollectionName,
  key: string,
  data: string,
  comment: string,
) => void;

/** These elements belong to all ports that name them. */
export const sharedCollections: ReadonlySet<CollectionName> = new Set<CollectionName>([
  'cluster-ips',
  'hairpin-connections',
]);

export function backendText({ address, port }: Backend): string {
  return `${address} . ${port}`;
}

export type NftProtocol = 'tcp' | 'udp' | 'sctp';

const protocols = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' } as const;

export function protocolOf({ protocol }: Pick<ServicePort, 'protocol'>): NftProtocol {
  return protocols[protocol];
}

const frontendMaps = {
  address: {
    service: 'service-ips',
    external: 'external-ips',
    local: 'local-ips',
    noEndpoints: 'no-endpoint-services',
    externalLocal: 'jump external-local-ips',
    chains: chainKinds.address,
  },
  nodePort: {
    service: 'service-nodeports',
    external: 'external-nodeports',
    local: 'local-nodeports',
    noEndpoints: 'no-endpoint-nodeports',
    externalLocal: 'jump external-local-nodeports',
    chains: chainKinds.nodePort,
  },
} as const;

export function visitElements(
  port: PlannedPort,
  nodeIPs: readonly string[],
  visit: ElementVisitor,
): void {
  const { state, cluster, local } = port;
  visit('cluster-ips', state.clusterIP, '', '');
  visitHairpins(state, visit);
  for (const { affinityId } of [cluster, local]) {
    if (affinityId !== '') {
      visit('affinity-timeouts', affinityId, `jump ${rememberChain}${state.affinitySeconds}`, '');
    }
  }
  const comment = commentOf(state);
  for (const frontend of port.frontends) visitFrontend(port, frontend, comment, nodeIPs, visit);
}

/** Endpoints on this node that may be sent to themselves. */
function visitHairpins({ reachableHere, protocol }: ServicePortState, visit: ElementVisitor): void {
  const transport = protocols[protocol];
  for (const { address, port } of reachableHere) {
    visit('hairpin-connections', `${address} . ${address} . ${transport} . ${port}`, '', '');
  }
}

function visitFrontend(
  { state, cluster, local }: PlannedPort,
  { key, kind }: Frontend,
  comment: string,
  nodeIPs: readonly string[],
  visit: ElementVisitor,
): void {
  const maps = frontendMaps[kind === 'nodePort' ? 'nodePort' : 'address'];
  if (kind === 'loadBalancer') visitFirewall(state, key, nodeIPs, visit);
  if (!state.hasEndpoints) {
    visit(maps.noEndpoints, key, 'goto reject-chain', comment);
    return;
  }
  const protocol = protocolOf(state);
  const isInternal = kind === 'clusterIP';
  const isLocal = isInternal ? state.isInternalLocal : state.isExternalLocal;
  if ((isLocal ? local : cluster).slots.length === 0) visit(maps.noEndpoints, key, 'drop', comment);
  if (!isInternal) {
    visit(maps.external, key, isLocal ? maps.externalLocal : 'jump mark-external', comment);
  }
  const all = isInternal && isLocal ? local : cluster;
  visitEndpoints(maps.service, maps.chains.all, protocol, key, all, comment, visit);
  if (!isInternal && isLocal) {
    visitEndpoints(maps.local, maps.chains.local, protocol, key, local, comment, visit);
  }
}

function visitEndpoints(
  verdicts: CollectionName,
  chains: ChainKind,
  protocol: NftProtocol,
  key: string,
  { slots, affinityId }: EndpointList,
  comment: string,
  visit: ElementVisitor,
): void {
  if (slots.length === 0) return;
  const map = endpointsMap(chains, protocol);
  const prefix = endpointsPrefix(key, protocol);
  for (const [index, endpoint] of slots.entries()) {
    visit(map, `${prefix}${chains.firstSlot + index}`, endpoint, '');
  }
  if (affinityId !== '') visit(chains.ids, key, affinityId, '');
  const chain = affinityId === '' ? chains.pick : chains.affinity;
  visit(verdicts, key, `goto ${chain}${slots.length}`, comment);
}

/** What the keys of a frontend's endpoints begin with: no protocol, since each has its own map. */
export function endpointsPrefix(frontend: string, protocol: NftProtocol): string {
  return `${frontend.replace(`${protocol} . `, '')} . `;
}

function visitFirewall(
  state: ServicePortState,
  key: string,
  nodeIPs: readonly string[],
  visit: ElementVisitor,
): void {
  const sources = allowedSources(state, nodeIPs);
  if (sources === null) return;
  visit('firewall-ips', key, '', '');
  for (const source of sources) visit('firewall-allowed', `${key} . ${source}`, '', '');
}

/**
 * Who may connect to the load balancer's addresses; null if everybody may. Where the node may, so may those
 * addresses: a node that has one of them connects from it.
 */
export function allowedSources(
  { sourceRanges, loadBalancerIPs }: ServicePort,
  nodeIPs: readonly string[],
): readonly string[] | null {
  if (sourceRanges === null || sourceRanges.some(isEverybody)) return null;
  const isNodeAllowed = nodeIPs.some((address) => isWithin(sourceRanges, address));
  return distinctRanges(isNodeAllowed ? [...sourceRanges, ...loadBalancerIPs] : sourceRanges);
}

/** `ns/name:port`, by which an operator finds it. */
function commentOf({ namespace, name, portName }: ServicePort): string {
  return portName === '' ? `${namespace}/${name}` : `${namespace}/${name}:${portName}`;
}
