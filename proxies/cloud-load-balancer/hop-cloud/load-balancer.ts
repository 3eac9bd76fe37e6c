/** One Service's load balancer, as far as the cloud has come with it. */
import type { ForwardedAddress, Forwarding } from '../forwarding.ts';
import type { ProviderProfile } from '../profile.ts';
import type { LoadBalancerStatus, Node, PortStatus, Service, ServicePort } from '../service.ts';
import { inTurn } from './in-turn.ts';

export class LoadBalancer {
  readonly name: string;
  service: Service;
  nodes: readonly Node[] = [];
  /** The names of those that it was sent to before this process began: well until they first answer otherwise. */
  trusted: ReadonlySet<string> = new Set();
  /** Null: it was only taken over from the Service's status. */
  profile: ProviderProfile | null = null;
  ports: readonly ServicePort[] = [];
  portStatuses: readonly PortStatus[] = [];
  mode: Forwarding['mode'] = 'Proxy';
  /** What it is to have, in the order of its families. */
  addresses: readonly ForwardedAddress[] = [];
  /** What nobody else may have: those, and others until packets for them are forwarded no more. */
  held: readonly ForwardedAddress[] = [];
  /** What the dataplane has; null: nothing, or it is not known. */
  forwarding: Forwarding | null = null;
  /** The dataplane may have something of it. */
  isTouched = false;
  status: LoadBalancerStatus;
  /** Events that were told. */
  readonly told = new Set<string>();
  /** Changes of it never overlap. */
  readonly inTurn = inTurn();
  /** Said once, until it is otherwise. */
  hasNobody = false;

  constructor(name: string, service: Service) {
    this.name = name;
    this.service = service;
    this.status = service.status?.loadBalancer ?? {};
  }

  /** There is nothing that would have to be deleted. */
  get isEmpty(): boolean {
    return this.profile === null && !this.isTouched && this.held.length === 0;
  }
}
