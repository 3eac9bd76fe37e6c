/** A Service's pods as endpoints: which ones, at which addresses and ports, in which condition. */
import { isIPv6 } from 'node:net';
import { zoneOf, type Node } from '../objects/node.ts';
import { isFinished, isReady, type ContainerPort, type Pod } from '../objects/pod.ts';
import type {
  Endpoint,
  EndpointPort,
  Service,
  ServicePort,
  TargetRef,
} from '../objects/service.ts';

/** The pod's address of this family. */
export function addressOf({ status }: Pod, family: string): string | undefined {
  const all = status?.podIPs?.map(({ ip }) => ip) ?? [];
  const addresses = all.length === 0 && status?.podIP ? [status.podIP] : all;
  return addresses.find((ip) => isIPv6(ip) === (family === 'IPv6'));
}

export function endpointOf(
  service: Service,
  pod: Pod,
  address: string,
  node: Node | undefined,
): Endpoint {
  const isServing = isReady(pod);
  const isTerminating = pod.metadata.deletionTimestamp !== undefined;
  const zone = zoneOf(node);
  const hostname = hostnameOf(service, pod);
  return {
    addresses: [address],
    conditions: {
      ready: service.spec.publishNotReadyAddresses === true || (isServing && !isTerminating),
      serving: isServing,
      terminating: isTerminating,
    },
    ...(hostname && { hostname }),
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    ...(zone && { zone }),
    targetRef: targetRefOf(pod),
  };
}

/** Pods that will never run again are no endpoints, nor are those without an address. */
export function isEndpoint(pod: Pod): boolean {
  return !isFinished(pod) && Boolean(pod.status?.podIP);
}

export function hostnameOf({ metadata }: Service, { spec, ...pod }: Pod): string | undefined {
  const isNamed = spec.subdomain === metadata.name && pod.metadata.namespace === metadata.namespace;
  return isNamed ? spec.hostname : undefined;
}

export function targetRefOf({ metadata: { namespace, name, uid } }: Pod): TargetRef {
  return { kind: 'Pod', ...(namespace && { namespace }), name, ...(uid && { uid }) };
}

/** The Service's ports as this pod serves them; a named target port may differ from pod to pod. */
export function portsOf({ spec }: Service, pod: Pod): readonly EndpointPort[] {
  return (spec.ports ?? []).flatMap((port) => {
    const number = targetPortOf(port, pod);
    return number === undefined ? [] : [endpointPort(port, number)];
  });
}

function endpointPort({ name = '', protocol = 'TCP', appProtocol }: ServicePort, port: number) {
  return { name, port, protocol, ...(appProtocol && { appProtocol }) };
}

function targetPortOf(
  { targetPort, port, protocol = 'TCP' }: ServicePort,
  { spec }: Pod,
): number | undefined {
  if (typeof targetPort !== 'string') return targetPort ?? port;
  // Sidecars are init containers that stay.
  const sidecars = (spec.initContainers ?? []).filter(
    ({ restartPolicy }) => restartPolicy === 'Always',
  );
  return [...spec.containers, ...sidecars]
    .flatMap(({ ports }): readonly ContainerPort[] => ports ?? [])
    .find((one) => one.name === targetPort && (one.protocol ?? 'TCP') === protocol)?.containerPort;
}
