/** What a cloud has made of a Service, once it has decided. */
import { events } from '../facts/events.ts';
import type { Service, Transport } from '../service.ts';
import { patienceMs } from './given-address.ts';
import type { OwnCloud, ToldEvent } from './own-cloud.ts';

export interface Settled {
  readonly service: Service | null;
  readonly events: readonly ToldEvent[];
}

/** Waits until it is told that there is a load balancer, or that there will be none. */
export async function settled(cloud: OwnCloud, name: string): Promise<Settled> {
  const told = await cloud.until(() => cloud.eventsOf(name), isDecided, patienceMs);
  const hasFailed = told.some(({ reason }) => reason === events.syncFailed.reason);
  const isShown = (service: Service | null) => hasFailed || ingressesOf(service).length > 0;
  const service = await cloud.until(() => cloud.get(name), isShown, patienceMs);
  return { service, events: told };
}

/** Whether packets of the protocol would be forwarded, or are left to the nodes, as the status says. */
export function isServed(cloud: OwnCloud, service: Service | null, protocol: Transport): boolean {
  const ingresses = ingressesOf(service);
  const name = service?.metadata.name ?? '';
  const isAtNodes = ingresses.some(({ ip }) => cloud.own.nodes.some((node) => node.address === ip));
  if (isAtNodes) {
    const ports = ingresses.flatMap((ingress) => ingress.ports ?? []);
    return !ports.some((port) => port.protocol === protocol && port.error !== undefined);
  }
  const ports = cloud.loadBalancerOf(name)?.ports ?? [];
  return ports.some((port) => port.protocol === protocol);
}

function isDecided(told: readonly ToldEvent[]): boolean {
  const decisive: readonly string[] = [events.ensured.reason, events.syncFailed.reason];
  return told.some(({ reason }) => decisive.includes(reason));
}

function ingressesOf(service: Service | null) {
  return service?.status?.loadBalancer?.ingress ?? [];
}
