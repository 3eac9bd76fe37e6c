/** The addresses that a port of a Service is reached at. */
import type { Family, ServicePortState, Transport } from '../service-port.ts';
import { externalBackends, internalBackends } from '../service-port.ts';

export const frontendKinds = ['cluster-ip', 'external-ip', 'load-balancer', 'node-port'] as const;
export type FrontendKind = (typeof frontendKinds)[number];

export interface Frontend {
  /** `TCP 10.96.0.10:53`: one listener each. */
  readonly name: string;
  readonly kind: FrontendKind;
  readonly family: Family;
  readonly protocol: Transport;
  readonly address: string;
  readonly port: number;
}

/**
 * Only those that must be listened at: elsewhere the kernel refuses, which is what is wanted.
 *
 * @param nodePortAddresses the node's own on which NodePorts answer
 */
export function frontendsOf(
  port: ServicePortState,
  nodePortAddresses: readonly string[],
): readonly Frontend[] {
  const { protocol, clusterIP, externalIPs, loadBalancerIPs, nodePort, family } = port;
  const at = (kind: FrontendKind, address: string, number: number): Frontend => {
    const name = `${protocol} ${hostPort(address, number)}`;
    return { name, kind, family, protocol, address, port: number };
  };
  const internal = mustListen(port, internalBackends(port).length > 0);
  const external = mustListen(port, port.cluster.length > 0 || externalBackends(port).length > 0);
  return [
    ...(internal ? [at('cluster-ip', clusterIP, port.port)] : []),
    ...(external
      ? [
          ...externalIPs.map((address) => at('external-ip', address, port.port)),
          ...loadBalancerIPs.map((address) => at('load-balancer', address, port.port)),
          ...(nodePort === 0
            ? []
            : nodePortAddresses.map((address) => at('node-port', address, nodePort))),
        ]
      : []),
  ];
}

/** Where packets are dropped, UDP is listened to and heard no more; a TCP client would be connected. */
function mustListen({ hasEndpoints, protocol }: ServicePortState, hasUsable: boolean): boolean {
  return hasUsable || (hasEndpoints && protocol === 'UDP');
}

/** @example hostPort('fd00::1', 80) // '[fd00::1]:80' */
export function hostPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
