/** Services for tests, as an apiserver would have made them. */
import type { Service, ServicePort, ServiceSpec, Transport } from '../../../service.ts';

export interface ServiceWish extends Omit<ServiceSpec, 'ports' | 'type'> {
  /** `TCP 80`; node ports follow from the ports. */
  readonly ports?: readonly `${Transport} ${number}`[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** `shop` in `default`. */
export function serviceWith({ ports = ['TCP 80'], annotations, ...spec }: ServiceWish): Service {
  return {
    metadata: {
      name: 'shop',
      namespace: 'default',
      uid: '52f9c1a4-0b7e-4c55-9d3a-6b1f0e8a7c21',
      ...(annotations ? { annotations } : {}),
    },
    spec: { type: 'LoadBalancer', ipFamilies: ['IPv4'], ports: ports.map(portOf), ...spec },
  };
}

/** What `defaultLoadBalancerName` makes of its UID. */
export const loadBalancerName = 'a52f9c1a40b7e4c559d3a6b1f0e8a7c2';

function portOf(wish: `${Transport} ${number}`): ServicePort {
  const [protocol, port] = wish.split(' ') as [Transport, string];
  return {
    name: wish.toLowerCase().replace(' ', '-'),
    protocol,
    port: Number(port),
    nodePort: 30_000 + Number(port),
  };
}
