/**
 * What a cloud makes of a Service, as far as one can see from the cluster: which ports it takes, what it says of the
 * others, and the status that it writes. Pure: profiles decide (specification 5.4), and the rules of the status hold
 * for all (specification 5.3).
 */
import type { DataplaneAbilities, ForwardedAddress } from './forwarding.ts';
import type { AnnotationMark, Cell, ProviderProfile, Refusal } from './profile.ts';
import type {
  Family,
  LoadBalancerIngress,
  LoadBalancerStatus,
  PortStatus,
  Service,
  ServicePort,
  Transport,
} from './service.ts';

export interface ProfileEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export interface Judgement {
  /** The ports that packets are forwarded for. */
  readonly accepted: readonly ServicePort[];
  /** Why there is no load balancer at all: what `Error syncing load balancer: ` is followed by. */
  readonly failure: string | null;
  /** What the cloud tells beside what the controller does. */
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

/** @param dataplane what moves the packets; absent: it can forward everything */
export function judgeService(
  profile: ProviderProfile,
  service: Service,
  dataplane?: Pick<DataplaneAbilities, 'protocols'>,
): Judgement {
  const ports = service.spec.ports ?? [];
  const failure = failureOf(profile, service, ports);
  if (failure !== null) return { accepted: [], failure, events: [], portStatuses: [] };
  const taken = ports.filter((port) => isTaken(profile, service, protocolOf(port)));
  const forwarded = (port: ServicePort) =>
    dataplane === undefined || dataplane.protocols.includes(protocolOf(port));
  const skipped = ports.filter((port) => !taken.includes(port));
  return {
    accepted: taken.filter(forwarded),
    failure: null,
    events: skipped.flatMap((port) => eventOf(profile.otherProtocol, port)),
    portStatuses: portStatusesOf(profile, ports, taken, forwarded),
  };
}

/** Whether the Service asks for a load balancer without an address outside. */
export function isInternal(profile: ProviderProfile, service: Service): boolean {
  return isMarked(profile.internalAnnotation, service);
}

/** The address that the Service asks for, where the cloud listens to that. */
export function wantedAddress(profile: ProviderProfile, { spec }: Service): string | null {
  return profile.loadBalancerIP.value ? (spec.loadBalancerIP ?? null) : null;
}

/** The families that the cloud gives the Service addresses of: the Service's own, or the first of them. */
export function familiesOf(profile: ProviderProfile, { spec }: Service): readonly Family[] {
  const families = spec.ipFamilies ?? ['IPv4'];
  return profile.families.value === 'each' ? families : families.slice(0, 1);
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
  const ports = portStatuses.length === 0 ? {} : { ports: portStatuses };
  const given = annotation(service, profile.hostnameAnnotation?.value);
  const hostname =
    profile.address.value === 'hostname' ? hostnameOf(profile, loadBalancerName) : given;
  const addresses = profile.address.value === 'node-ips' ? input.nodeAddresses : input.addresses;
  if (addresses.length === 0) return {};
  if (hostname !== null) return { ingress: [{ hostname, ...ports }] };
  const mode = ipModeOf(profile, service, input.mode);
  return {
    ingress: addresses.map(({ address }): LoadBalancerIngress => ({
      ip: address,
      ...(mode === null ? {} : { ipMode: mode }),
      ...ports,
    })),
  };
}

function failureOf(
  profile: ProviderProfile,
  service: Service,
  ports: readonly ServicePort[],
): string | null {
  const { otherProtocol } = profile;
  const mixed = refusalOfMixed(profile, service, ports);
  if (mixed !== null) return mixed;
  if (otherProtocol?.value.how !== 'fails') return null;
  const refused = ports.find((each) => !isTaken(profile, service, protocolOf(each)));
  return refused ? messageOf(otherProtocol.value, refused) : null;
}

function refusalOfMixed(
  profile: ProviderProfile,
  service: Service,
  ports: readonly ServicePort[],
): string | null {
  const refusal = profile.mixedRefusal?.value;
  const [port] = ports;
  if (port === undefined || refusal?.how !== 'fails') return null;
  if (new Set(ports.map(protocolOf)).size < 2 || isMixedTaken(profile, service)) return null;
  return messageOf(refusal, port);
}

function isMixedTaken(
  { mixedProtocols, mixedAnnotation }: ProviderProfile,
  service: Service,
): boolean {
  if (mixedProtocols.value !== 'opt-in') return mixedProtocols.value === 'yes';
  return annotation(service, mixedAnnotation ?? undefined) === 'true';
}

function isTaken(profile: ProviderProfile, service: Service, protocol: Transport): boolean {
  const support = profile.protocols.value[protocol];
  return support === 'internal-only' ? isInternal(profile, service) : support !== 'no';
}

function eventOf(refusal: Cell<Refusal> | null, port: ServicePort): readonly ProfileEvent[] {
  if (!refusal || refusal.value.reason === null) return [];
  const { reason } = refusal.value;
  return [{ type: 'Warning', reason, message: messageOf(refusal.value, port) }];
}

function portStatusesOf(
  profile: ProviderProfile,
  ports: readonly ServicePort[],
  taken: readonly ServicePort[],
  forwarded: (port: ServicePort) => boolean,
): readonly PortStatus[] {
  const told = ports.map((port): { readonly error: string | null; readonly status: PortStatus } => {
    const error = taken.includes(port)
      ? forwarded(port)
        ? null
        : protocolNotForwarded
      : (profile.otherProtocol?.value.portError ?? null);
    const status = {
      port: port.port,
      protocol: protocolOf(port),
      ...(error === null ? {} : { error }),
    };
    return { error, status };
  });
  const isListed = profile.listsPorts.value || told.some(({ error }) => error !== null);
  return isListed ? told.map(({ status }) => status) : [];
}

function ipModeOf(
  profile: ProviderProfile,
  service: Service,
  forwarded: 'VIP' | 'Proxy',
): 'VIP' | 'Proxy' | null {
  if (isMarked(profile.proxyModeAnnotation, service)) return 'Proxy';
  const { value } = profile.ipMode;
  return value === 'unset' ? null : value === 'as-forwarded' ? forwarded : value;
}

function isMarked(mark: Cell<AnnotationMark> | null, service: Service): boolean {
  const value = annotation(service, mark?.value.key);
  if (!mark || value === null) return false;
  return mark.value.values === null || mark.value.values.includes(value);
}

/** Null where it is absent or empty. */
function annotation({ metadata }: Service, key: string | undefined): string | null {
  const value = key === undefined ? undefined : metadata.annotations?.[key];
  return value === undefined || value === '' ? null : value;
}

function messageOf({ message }: Refusal, port: ServicePort): string {
  return message
    .replaceAll('{{protocol}}', protocolOf(port))
    .replaceAll('{{port}}', String(port.port));
}

function protocolOf({ protocol }: ServicePort): Transport {
  return protocol ?? 'TCP';
}
