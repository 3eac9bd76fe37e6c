/** What kube-proxy does with a flow, as the two stretches of its way: to the Service, and to the pod. */
import { flowName } from '../kit/connect-request.ts';
import type { Hop } from '../kit/hop.ts';
import { unmeasured } from '../kit/unmeasured-hop.ts';
import type { ForwardedFlow } from './dataplane.ts';

export interface FlowPlace {
  readonly nodeName: string;
  readonly nodeIPs: readonly string[];
  /** `nftables` or `userspace`. */
  readonly dataplane: string;
  /** Whether a pod of the cluster has the address. */
  readonly isPod: (address: string) => boolean;
}

export function hopsOfFlow(flow: ForwardedFlow, place: FlowPlace): readonly [Hop, Hop] {
  const { protocol, source, destination, backend, isMasqueraded } = flow;
  const service = serviceOf(flow);
  const { nodeName, dataplane } = place;
  const common = {
    request: flowName(protocol, source),
    protocol,
    method: protocol,
    ...unmeasured(),
  };
  const own = place.nodeIPs[0] ?? nodeName;
  return [
    {
      ...common,
      from: { station: place.isPod(hostOf(source)) ? 'pod' : 'client', address: source },
      to: { station: 'kube-proxy', address: destination },
      target: destination,
      decision: {
        key: 'kube-proxy.service',
        values: { destination, service, dataplane, node: nodeName },
      },
    },
    {
      ...common,
      from: { station: 'kube-proxy', address: isMasqueraded ? own : source },
      to: {
        station: service.startsWith('default/kubernetes:') ? 'apiserver' : 'pod',
        address: backend,
      },
      target: backend,
      decision: {
        key: isMasqueraded ? 'kube-proxy.masqueraded' : 'kube-proxy.forwarded',
        values: { destination, service, backend, dataplane, node: nodeName },
      },
    },
  ];
}

/**
 * As an operator writes it; the destination where nobody knows its Service.
 *
 * @example serviceOf({ servicePort: 'IPv4 default/web:http/TCP', … }) // 'default/web:http'
 */
function serviceOf({ servicePort, destination }: ForwardedFlow): string {
  return servicePort?.replace(/^IPv[46] /, '').replace(/\/(?:TCP|UDP|SCTP)$/, '') ?? destination;
}

/** @example hostOf('[fd00::1]:80') // 'fd00::1' */
function hostOf(endpoint: string): string {
  return endpoint.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
}
