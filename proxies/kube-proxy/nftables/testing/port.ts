/** Ports of Services for tests, with what every one must have. */
import { clusterIPAlone, type Backend, type ServicePortState } from '../../service-port.ts';

export interface PortOptions extends Partial<Omit<ServicePortState, 'cluster' | 'local'>> {
  readonly name: string;
  readonly clusterIP: string;
  /** Addresses; the port is the Service's. */
  readonly cluster?: readonly string[];
  readonly local?: readonly string[];
  readonly here?: readonly string[];
}

/** A ClusterIP port `ns/<name>:p80` on TCP 80, changed by the options. */
export function port({ cluster, local, here, ...options }: PortOptions): ServicePortState {
  const transport = options.protocol ?? 'TCP';
  const number = options.port ?? 80;
  const backends = (addresses: readonly string[] = []): Backend[] =>
    addresses.map((address) => ({ address, port: number }));
  return {
    key: `${options.family ?? 'IPv4'} ns/${options.name}:p80/${transport}`,
    family: 'IPv4',
    namespace: 'ns',
    portName: 'p80',
    protocol: transport,
    port: number,
    ...clusterIPAlone,
    cluster: backends(cluster),
    local: backends(local),
    reachableHere: backends(here),
    hasEndpoints: (cluster ?? []).length + (local ?? []).length > 0,
    ...options,
  };
}
