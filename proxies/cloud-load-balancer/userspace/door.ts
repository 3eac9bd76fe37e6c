/** What one protocol's half of a load balancer is told: plain data, which can be sent to a thread. */
import type { L4Backend } from '../../kit/l4/backend.ts';
import type { Forwarding, Target } from '../forwarding.ts';
import type { Family, Transport } from '../service.ts';

export interface DoorService {
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

/** All that a load balancer forwards of one protocol. */
export function doorsOf(forwarding: Forwarding, protocol: Transport): DoorService {
  const { name, service, addresses, ports, targets, sourceRanges, sessionAffinity } = forwarding;
  const doors = addresses.flatMap(({ family, address }) => {
    const own = targets.filter((target) => target.family === family);
    return ports
      .filter((port) => port.protocol === protocol)
      .map(({ port, nodePort }) => ({ family, address, port, targets: own.map(at(nodePort)) }));
  });
  return { name, service, sourceRanges, isSticky: sessionAffinity === 'ClientIP', doors };
}

/** A node's port. */
export interface NodePort extends L4Backend {
  readonly node: string;
}

/** A connection, or a client's datagrams, on the way to a node. */
export interface DoorFlow {
  readonly service: string;
  readonly source: string;
  readonly destination: string;
  readonly node: string;
  readonly target: string;
  readonly seenAs: string;
}

function at(port: number): (target: Target) => NodePort {
  return ({ node, address }) => ({ node, address, port });
}
