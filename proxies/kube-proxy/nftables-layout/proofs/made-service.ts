/** Services of a proof's own, numbered: each with an address and endpoints that no other has. */
import { clusterIPAlone, type Backend, type ServicePortState } from '../../service-port.ts';

export type MadeService = ServicePortState;

/** @param endpoints how many it has, on other nodes */
export function service(index: number, endpoints: number): MadeService {
  const [high, low] = [Math.floor(index / 250), 1 + (index % 250)];
  const cluster: Backend[] = Array.from({ length: endpoints }, (_, slot) => ({
    address: `10.${100 + slot}.${high}.${low}`,
    port: 8080,
  }));
  return {
    key: `IPv4 shop/service-${index}:http/TCP`,
    family: 'IPv4',
    namespace: 'shop',
    name: `service-${index}`,
    portName: 'http',
    protocol: 'TCP',
    clusterIP: `10.96.${high}.${low}`,
    port: 80,
    ...clusterIPAlone,
    cluster,
    local: [],
    reachableHere: [],
    hasEndpoints: endpoints > 0,
  };
}
