/** Waits for what a cloud gives to a Service. */
import type { Service } from '../service.ts';
import type { OwnCloud } from './own-cloud.ts';

/** For what is to come: a machine may be busy. */
export const patienceMs = 14_000;
/** For what is not to come. */
export const shortMs = 3000;

export interface Given {
  readonly service: Service | null;
  /** Whom a client connects to: what a name in the status stands for is looked up. Empty: nothing was given. */
  readonly address: string;
  /** As it stands in the status. */
  readonly shown: string;
}

/** What stands in the status; empty where nothing does in time. */
export async function givenTo(cloud: OwnCloud, name: string, withinMs: number): Promise<Given> {
  const service = await cloud.until(() => cloud.get(name), isGiven, withinMs);
  const [ingress] = service?.status?.loadBalancer?.ingress ?? [];
  const { ip, hostname } = ingress ?? {};
  // Nobody else knows the names of the hop cloud.
  const address = ip ?? (hostname ? (cloud.loadBalancerOf(name)?.addresses[0] ?? '') : '');
  return { service, address, shown: ip ?? hostname ?? '' };
}

function isGiven(service: Service | null): boolean {
  return (service?.status?.loadBalancer?.ingress ?? []).length > 0;
}
