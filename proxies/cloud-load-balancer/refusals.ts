/** What a cloud does not take, and the words in which it says so. */
import { isAnnotated, isMarked } from './annotations.ts';
import { fillIn, type EventFact } from './facts/events.ts';
import type { ProviderProfile, Refusal } from './profile.ts';
import { defaultLoadBalancerName } from './provider.ts';
import type { Service, ServicePort, Transport } from './service.ts';

export interface WholeRefusal {
  /** What `Error syncing load balancer: ` is followed by. */
  readonly failure: string;
  readonly events: readonly EventFact[];
}

/**
 * Why there is no load balancer for the Service at all. In the order in which the AWS cloud provider looks; no other
 * has more than two of these.
 */
export function refusalOf(profile: ProviderProfile, service: Service): WholeRefusal | null {
  const { sessionAffinity, loadBalancerIP = '', ports = [] } = service.spec;
  const { affinityRefusal, loadBalancerIPRefusal } = profile;
  if (affinityRefusal && sessionAffinity === 'ClientIP') {
    return { failure: fillIn(affinityRefusal.value, { affinity: sessionAffinity }), events: [] };
  }
  const [first] = ports;
  if (first && isMixed(ports)) {
    const refusal = wholeRefusal(profile.mixedRefusal?.value, profile, service, first);
    if (refusal) return refusal;
  }
  const refused = ports.find((port) => !hasProtocol(profile, service, port));
  const refusal = refused && wholeRefusal(profile.otherProtocol?.value, profile, service, refused);
  if (refusal) return refusal;
  if (loadBalancerIPRefusal && loadBalancerIP !== '') {
    return { failure: loadBalancerIPRefusal.value, events: [] };
  }
  return null;
}

/** What is told of a port that is left out. */
export function skipped(
  profile: ProviderProfile,
  service: Service,
  port: ServicePort,
): readonly EventFact[] {
  const refusal = isSecond(profile, service, port) ? profile.mixedRefusal : profile.otherProtocol;
  return eventsOf(refusal?.value, service, port);
}

/** Whether the cloud has the port for this Service. */
export function isTaken(profile: ProviderProfile, service: Service, port: ServicePort): boolean {
  return hasProtocol(profile, service, port) && !isSecond(profile, service, port);
}

/** Whether the Service asks for a load balancer without an address outside. */
export function isInternal(profile: ProviderProfile, service: Service): boolean {
  const mark = profile.internal?.value;
  const { loadBalancerClass } = service.spec;
  if (loadBalancerClass !== undefined && profile.classes.value.includes(loadBalancerClass)) {
    return mark?.classes.includes(loadBalancerClass) ?? false;
  }
  if (mark?.byDefault && !isAnnotated(mark, service)) return true;
  return isMarked(mark, service);
}

export function protocolOf({ protocol }: ServicePort): Transport {
  return protocol ?? 'TCP';
}

function wholeRefusal(
  refusal: Refusal | undefined,
  profile: ProviderProfile,
  service: Service,
  port: ServicePort,
): WholeRefusal | null {
  if (refusal?.how !== 'fails') return null;
  const { message, internalMessage = message } = refusal;
  const words = isInternal(profile, service) ? internalMessage : message;
  return {
    failure: fillIn(words, valuesOf(service, port)),
    events: eventsOf(refusal, service, port),
  };
}

function hasProtocol(profile: ProviderProfile, service: Service, port: ServicePort): boolean {
  const support = profile.protocols.value[protocolOf(port)];
  return support === 'internal-only' ? isInternal(profile, service) : support !== 'no';
}

function isMixed(ports: readonly ServicePort[]): boolean {
  return new Set(ports.map(protocolOf)).size > 1;
}

/** Whether another protocol has the port, and the cloud has not been asked for both. */
function isSecond(
  { mixedProtocols, mixedAnnotation }: ProviderProfile,
  service: Service,
  port: ServicePort,
): boolean {
  if (mixedProtocols.value !== 'opt-in' || isMarked(mixedAnnotation?.value, service)) return false;
  return service.spec.ports?.find((each) => each.port === port.port) !== port;
}

function eventsOf(
  refusal: Refusal | undefined,
  service: Service,
  port: ServicePort,
): readonly EventFact[] {
  if (typeof refusal?.reason !== 'string') return [];
  const { reason, message, eventMessage = message } = refusal;
  return [{ type: 'Warning', reason, message: fillIn(eventMessage, valuesOf(service, port)) }];
}

function valuesOf(service: Service, port: ServicePort): Readonly<Record<string, string | number>> {
  const { name, namespace = 'default' } = service.metadata;
  const loadBalancer = defaultLoadBalancerName(service);
  return { protocol: protocolOf(port), port: port.port, name, namespace, loadBalancer };
}
