/**
 * What a cloud makes of a Service, as far as one can see from the cluster: which ports it takes, what it says of the
 * others, and the status that it writes. Pure: profiles decide (specification 5.4), and the rules of the status hold
 * for all (specification 5.3).
 */
import { annotationOf, isMarked } from './annotations.ts';
import { fillIn, type EventFact } from './facts/events.ts';
import type { DataplaneAbilities, ForwardedAddress } from './forwarding.ts';
import type { ProviderProfile } from './profile.ts';
import { isTaken, protocolOf, refusalOf, skipped } from './refusals.ts';
import type { Family, LoadBalancerStatus, PortStatus, Service, ServicePort } from './service.ts';

export type ProfileEvent = EventFact;

export interface Judgement {
  /** The ports that packets are forwarded for; there may be none, and an address all the same. */
  readonly accepted: readonly ServicePort[];
  /** Why there is no load balancer at all: what `Error syncing load balancer: ` is followed by. */
  readonly failure: string | null;
  /** What the cloud tells beside what the controller does; also where it fails. */
  readonly events: readonly ProfileEvent[];
  /** What stands in the status of each ingress; empty: no ports. */
  readonly portStatuses: readonly PortStatus[];
}

/** What our own cloud says of a port that its dataplane cannot forward, whatever the profile. */
export const protocolNotForwarded = 'hop-by-hop.dev/ProtocolNotSupported';

/** Whether a Service of this class is this cloud's; null: a Service without one. */
export function servesClass(profile: ProviderProfile, loadBalancerClass: string | null): boolean {
  return loadBalancerClass === null
    ? profile.servesWithoutClass.value
    : profile.classes.value.includes(loadBalancerClass);
}

/** Whether the Service asks for another controller of the same cloud: no event, no status. */
export function isElsewhere(profile: ProviderProfile, service: Service): boolean {
  return isMarked(profile.elsewhereAnnotation?.value, service);
}

/** @param dataplane what moves the packets; absent: it can forward everything */
export function judgeService(
  profile: ProviderProfile,
  service: Service,
  dataplane?: Pick<DataplaneAbilities, 'protocols'>,
): Judgement {
  const ports = service.spec.ports ?? [];
  const refusal = refusalOf(profile, service);
  if (refusal) return { accepted: [], portStatuses: [], ...refusal };
  const taken = ports.filter((port) => isTaken(profile, service, port));
  const isForwarded = (port: ServicePort) =>
    dataplane?.protocols.includes(protocolOf(port)) ?? true;
  return {
    accepted: taken.filter(isForwarded),
    failure: null,
    events: ports
      .filter((port) => !taken.includes(port))
      .flatMap((port) => skipped(profile, service, port)),
    portStatuses: portStatusesOf(profile, ports, taken, isForwarded),
  };
}

/** The address that the Service asks for, where the cloud listens to that. */
export function wantedAddress(profile: ProviderProfile, { spec }: Service): string | null {
  return profile.loadBalancerIP.value ? (spec.loadBalancerIP ?? null) : null;
}

/**
 * The families that it gets addresses of: what the cloud gives, as far as the Service has them, because packets of
 * others would find nobody.
 */
export function familiesOf(profile: ProviderProfile, { spec }: Service): readonly Family[] {
  const families = spec.ipFamilies ?? ['IPv4'];
  const ordered = (['IPv4', 'IPv6'] as const).filter((family) => families.includes(family));
  switch (profile.families.value) {
    case 'each':
      return families;
    case 'one':
      return families.slice(0, 1);
    case 'ipv4':
      return ordered.slice(0, 1);
    case 'both':
    case 'by-nodes':
      return ordered;
  }
}

/** The hop cloud's own name for a load balancer, where the cloud gives names: never a real domain. */
export function hostnameOf(profile: ProviderProfile, loadBalancerName: string): string {
  return `${loadBalancerName}.${profile.id}.cloud.example`;
}

export interface StatusInput {
  readonly service: Service;
  readonly loadBalancerName: string;
  /** What the hop cloud has assigned, in the order of the Service's families. */
  readonly addresses: readonly ForwardedAddress[];
  /** The nodes' own addresses, where the profile shows these. */
  readonly nodeAddresses: readonly ForwardedAddress[];
  /** How packets arrive at nodes. */
  readonly mode: 'VIP' | 'Proxy';
  readonly portStatuses: readonly PortStatus[];
}

/** The status that the cloud writes; without an ingress where there is no address to tell. */
export function statusOf(profile: ProviderProfile, input: StatusInput): LoadBalancerStatus {
  const { service, loadBalancerName, portStatuses } = input;
  const addresses = profile.address.value === 'node-ips' ? input.nodeAddresses : input.addresses;
  if (addresses.length === 0) return {};
  const ports = portStatuses.length === 0 ? {} : { ports: portStatuses };
  const hostname =
    profile.address.value === 'hostname'
      ? hostnameOf(profile, loadBalancerName)
      : wantedHostname(profile, service);
  if (hostname !== null) return { ingress: [{ hostname, ...ports }] };
  const ipMode = ipModeOf(profile, service, input.mode);
  const mode = ipMode === null ? {} : { ipMode };
  return { ingress: addresses.map(({ address }) => ({ ip: address, ...mode, ...ports })) };
}

/**
 * How packets have to arrive at nodes, for what the status says to be true. kube-proxy takes packets for the load
 * balancer's own address only where the status shows it, and does not say `Proxy` of it.
 *
 * @param wanted what is wanted where both would be right
 */
export function forwardingModeOf(
  profile: ProviderProfile,
  service: Service,
  wanted: 'VIP' | 'Proxy',
): 'VIP' | 'Proxy' {
  const isNamed = profile.address.value === 'hostname' || wantedHostname(profile, service) !== null;
  return isNamed || ipModeOf(profile, service, wanted) === 'Proxy' ? 'Proxy' : wanted;
}

/** What the cloud tells once the Service has addresses, or other ones than it had. */
export function assignedEvents(
  profile: ProviderProfile,
  before: LoadBalancerStatus | undefined,
  now: LoadBalancerStatus,
): readonly ProfileEvent[] {
  const words = profile.assignedEvent?.value;
  const [old, addresses] = [shownIn(before), shownIn(now)];
  if (!words || addresses.length === 0 || old.join(' ') === addresses.join(' ')) return [];
  const message = fillIn(words.message, {
    before: old.join(' '),
    addresses: addresses.join(' '),
    quotedAddresses: addresses.map((address) => JSON.stringify(address)).join(' '),
  });
  return [{ type: 'Normal', reason: words.reason, message }];
}

function shownIn(status: LoadBalancerStatus | undefined): readonly string[] {
  return (status?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '');
}

function portStatusesOf(
  profile: ProviderProfile,
  ports: readonly ServicePort[],
  taken: readonly ServicePort[],
  isForwarded: (port: ServicePort) => boolean,
): readonly PortStatus[] {
  const statuses = ports.map((port): PortStatus => {
    const notForwarded = isForwarded(port) ? null : protocolNotForwarded;
    const refused = profile.otherProtocol?.value.portError ?? null;
    const error = taken.includes(port) ? notForwarded : refused;
    const status = { port: port.port, protocol: protocolOf(port) };
    return error === null ? status : { ...status, error };
  });
  const isTold = profile.listsPorts.value || statuses.some(({ error }) => error !== undefined);
  return isTold ? statuses : [];
}

/** Null where the annotation is none that a status may have: an address, or no name of DNS. */
function wantedHostname(profile: ProviderProfile, service: Service): string | null {
  const key = profile.hostnameAnnotation?.value;
  const name = key === undefined ? null : (annotationOf(service, key)?.toLowerCase() ?? null);
  return name !== null && isHostname(name) ? name : null;
}

/** The rule of the API: a DNS subdomain (RFC 1123) of at most 253 characters, that is no address. */
function isHostname(name: string): boolean {
  const isAddress = /^\d+(?:\.\d+){3}$/.test(name);
  const label = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
  return name.length <= 253 && !isAddress && new RegExp(`^${label}(?:\\.${label})*$`).test(name);
}

function ipModeOf(
  profile: ProviderProfile,
  service: Service,
  forwarded: 'VIP' | 'Proxy',
): 'VIP' | 'Proxy' | null {
  if (isMarked(profile.proxyModeAnnotation?.value, service)) return 'Proxy';
  switch (profile.ipMode.value) {
    case 'unset':
      return null;
    case 'as-forwarded':
      return forwarded;
    default:
      return profile.ipMode.value;
  }
}
