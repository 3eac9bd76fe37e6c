/**
 * What the service controller asks of a cloud: `cloudprovider.LoadBalancer` of Kubernetes (specification 5.1).
 * Calls for one Service do not overlap. Each may be made again at any time: after a failure, after a restart, by
 * another controller that has taken over.
 */
import type { LoadBalancerStatus, Node, Service } from './service.ts';

export interface Provider extends AsyncDisposable {
  /** `hop`, `aws-nlb`: what is given as `--provider`. */
  readonly name: string;
  /**
   * Called once before all others, and again whenever this process begins to lead: all Services there are, and the
   * nodes that they may be sent to. What the cloud has for others goes, and what these have been given, it keeps: their
   * addresses are in their status, and packets for these go on to the nodes.
   */
  begin(services: readonly Service[], nodes: readonly Node[], signal: AbortSignal): Promise<void>;
  /** What the Service's load balancer is like now; null where it has none. */
  getLoadBalancer(service: Service, signal: AbortSignal): Promise<LoadBalancerStatus | null>;
  /** What it is called at the cloud. */
  getLoadBalancerName(service: Service): string;
  /**
   * Creates it, or changes it to what the Service says now. When it resolves, packets are forwarded.
   *
   * @throws ImplementedElsewhere, RetryLater, or any Error: its message is the event's
   */
  ensureLoadBalancer(
    service: Service,
    nodes: readonly Node[],
    signal: AbortSignal,
  ): Promise<LoadBalancerStatus>;
  /** Changes only to which nodes it sends. */
  updateLoadBalancer(service: Service, nodes: readonly Node[], signal: AbortSignal): Promise<void>;
  /** Resolves when nothing of it is left; also when there was none. */
  ensureLoadBalancerDeleted(service: Service, signal: AbortSignal): Promise<void>;
}

/** What a provider tells about a Service while it works: events beside the controller's own. */
export type TellEvent = (
  service: Service,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
) => void;

/** Somebody else serves this Service: no event, no status, no other try. */
export class ImplementedElsewhere extends Error {
  override readonly name = 'ImplementedElsewhere';
}

/** It cannot be done yet, and the cloud knows when to try again. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  readonly afterMs: number;

  constructor(message: string, afterMs: number, options?: ErrorOptions) {
    super(message, options);
    this.afterMs = afterMs;
  }
}

/** `a`, and the Service's UID without dashes: at most 32 characters, as clouds want it. */
export function defaultLoadBalancerName({ metadata }: Service): string {
  return `a${(metadata.uid ?? '').replaceAll('-', '')}`.slice(0, 32);
}
