/** What the experiment makes in the visitor's namespace: a Service of type LoadBalancer, and the pod behind it. */
import { noCloud, portChoices, type PortChoice } from '../../cloud-service.ts';
import { providerAnnotation } from '../../../proxies/cloud-load-balancer/facts/provider-annotation.ts';
import type { Transport } from '../../../proxies/cloud-load-balancer/service.ts';
import type { LabNetwork } from './backend.ts';

/** A class that nobody serves. */
const nobodysClass = 'hop-by-hop.dev/nobody';

/** That of the echo protocol. */
export const echoPort = 7;
const containerPort = 7007;

const images: Readonly<Record<Transport, string>> = {
  TCP: 'registry.example/hop-by-hop/tcp-echo:1.0.0',
  UDP: 'registry.example/hop-by-hop/udp-echo:1.0.0',
  SCTP: 'registry.example/hop-by-hop/sctp-echo:1.0.0',
};

export interface ServiceWish {
  readonly name: string;
  /** The id of a profile, or `none`. */
  readonly cloud: string;
  readonly ports: PortChoice;
  readonly mode: LabNetwork['mode'];
}

export function serviceOf({ name, cloud, ports, mode }: ServiceWish) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      ...(cloud !== noCloud && { annotations: { [providerAnnotation]: cloud } }),
    },
    spec: {
      type: 'LoadBalancer' as const,
      ...(cloud === noCloud && { loadBalancerClass: nobodysClass }),
      // On loopback nobody serves the other family.
      ...(mode === 'isolated' && { ipFamilyPolicy: 'PreferDualStack' }),
      selector: { app: name },
      ports: portChoices[ports].map((protocol) => ({
        name: protocol.toLowerCase(),
        protocol,
        port: echoPort,
        targetPort: containerPort,
      })),
    },
  };
}

export function podOf({ name, ports }: Pick<ServiceWish, 'name' | 'ports'>) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name } },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: portChoices[ports].map((protocol) => ({
        name: protocol.toLowerCase(),
        image: images[protocol],
        ports: [{ containerPort, protocol }],
      })),
    },
  };
}
