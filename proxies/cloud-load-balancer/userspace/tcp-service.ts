/** What the TCP half of a load balancer is told: plain data, which can be sent to a thread. */
import type { Family } from '../service.ts';
import type { L4Backend } from '../../kit/l4/backend.ts';

export interface TcpService {
  /** The load balancer's. */
  readonly name: string;
  /** `namespace/name` */
  readonly service: string;
  readonly sourceRanges: readonly string[];
  readonly isSticky: boolean;
  readonly doors: readonly Door[];
}

/** One address and port, and where it leads. */
export interface Door {
  readonly family: Family;
  readonly address: string;
  readonly port: number;
  readonly targets: readonly NodePort[];
}

/** A node's port. */
export interface NodePort extends L4Backend {
  readonly node: string;
}

/** A connection that has reached a node. */
export interface TcpFlow {
  readonly service: string;
  readonly source: string;
  readonly destination: string;
  readonly node: string;
  readonly target: string;
  readonly seenAs: string;
}
