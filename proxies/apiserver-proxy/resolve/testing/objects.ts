/** A cluster for tests: a lookup over objects that are written down. */
import type { EndpointSubset, FoundNode, FoundPod, FoundService, Lookup } from '../../lookup.ts';
import { isGlobalUnicast } from '../address.ts';
import type { ResolveOptions } from '../resolve-options.ts';

/** By name: all of them are in the namespace `default`. */
export interface Objects {
  readonly services?: Readonly<Record<string, FoundService>>;
  readonly endpoints?: Readonly<Record<string, readonly EndpointSubset[]>>;
  readonly pods?: Readonly<Record<string, FoundPod>>;
  readonly nodes?: Readonly<Record<string, FoundNode>>;
}

export function lookupIn({ services, endpoints, pods, nodes }: Objects): Lookup {
  const find = async <Found>(
    objects: Readonly<Record<string, Found>> = {},
    namespace: string,
    name: string,
  ): Promise<Found | undefined> => (namespace === 'default' ? objects[name] : undefined);
  return {
    service: (namespace, name) => find(services, namespace, name),
    endpoints: (namespace, name) => find(endpoints, namespace, name),
    pod: (namespace, name) => find(pods, namespace, name),
    node: (name) => find(nodes, 'default', name),
  };
}

/** As kubeadm starts an apiserver; the first of everything is taken. */
export function optionsFor(
  objects: Objects,
  changes: Partial<ResolveOptions> = {},
): ResolveOptions {
  return {
    lookup: lookupIn(objects),
    preferredAddressTypes: ['InternalIP', 'ExternalIP', 'Hostname'],
    allowsAddress: isGlobalUnicast,
    hasKubelet: true,
    random: () => 0,
    ...changes,
  };
}

/** A pod at an address, whose containers declare these ports. */
export function podAt(
  ips: string | readonly string[],
  ...containers: readonly number[][]
): FoundPod {
  return {
    spec: {
      containers: containers.map((ports) => ({
        ports: ports.map((containerPort) => ({ containerPort })),
      })),
    },
    status: { podIPs: [ips].flat().map((ip) => ({ ip })) },
  };
}
