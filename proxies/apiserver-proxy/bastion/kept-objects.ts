/** What the bastion keeps of the objects it watches: a large cluster has many, and each has much. */
import type { KubeObject } from '../../kit/api/api-client.ts';
import type { FoundNode, FoundPod, FoundService } from '../lookup.ts';
import type { FoundEndpointSlice } from '../resolve/endpoint-slices.ts';

export interface KeptService extends KubeObject {
  readonly spec?: FoundService['spec'] & { readonly ipFamilies?: readonly string[] };
}
export type KeptPod = KubeObject & FoundPod;
export type KeptNode = KubeObject & FoundNode;
export type KeptSlice = KubeObject & FoundEndpointSlice;

/** Names the Service of an EndpointSlice. */
export const serviceNameLabel = 'kubernetes.io/service-name';

export function keepService({ metadata, spec = {} }: KeptService): KeptService {
  const { ports, ipFamilies } = spec;
  return {
    metadata: keepMetadata(metadata),
    spec: {
      ...(ports
        ? { ports: ports.map(({ name, port }) => ({ ...(name ? { name } : {}), port })) }
        : {}),
      ...(ipFamilies ? { ipFamilies } : {}),
    },
  };
}

export function keepPod({ metadata, spec, status }: KeptPod): KeptPod {
  const { containers = [] } = spec ?? {};
  return {
    metadata: keepMetadata(metadata),
    spec: {
      containers: containers.map(({ ports = [] }) => ({
        ports: ports.map(({ containerPort }) => ({ containerPort })),
      })),
    },
    status: status?.podIPs ? { podIPs: status.podIPs } : {},
  };
}

export function keepNode({ metadata, status = {} }: KeptNode): KeptNode {
  const { addresses, daemonEndpoints } = status;
  return {
    metadata: keepMetadata(metadata),
    status: {
      ...(addresses ? { addresses } : {}),
      ...(daemonEndpoints ? { daemonEndpoints } : {}),
    },
  };
}

export function keepSlice({ metadata, addressType, endpoints, ports }: KeptSlice): KeptSlice {
  const service = metadata.labels?.[serviceNameLabel];
  return {
    metadata: {
      ...keepMetadata(metadata),
      ...(service === undefined ? {} : { labels: { [serviceNameLabel]: service } }),
    },
    addressType,
    endpoints: endpoints?.map(({ addresses, conditions, targetRef }) => ({
      addresses,
      conditions: conditions?.ready === false ? { ready: false } : undefined,
      targetRef: targetRef && keepReference(targetRef),
    })),
    ports,
  };
}

function keepMetadata(metadata: KubeObject['metadata']): KubeObject['metadata'] {
  const { name, namespace, uid, resourceVersion } = metadata;
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
}

type Reference = NonNullable<NonNullable<KeptSlice['endpoints']>[number]['targetRef']>;

function keepReference({ kind, namespace, name }: Reference): Reference {
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
}
