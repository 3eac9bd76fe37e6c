/** Services and EndpointSlices as the API has them, for tests. */
import { serviceNameLabel, type EndpointSlice, type Service } from '../api-objects.ts';

export type ServiceSpec = NonNullable<Service['spec']>;
export type SliceEndpoint = NonNullable<EndpointSlice['endpoints']>[number];

/** `ns1/svc1` at 172.30.0.41, port `p80` 80 over TCP, unless told. */
export function aService(
  spec: ServiceSpec = {},
  options: {
    readonly name?: string;
    readonly status?: Service['status'];
    readonly labels?: Readonly<Record<string, string>>;
  } = {},
): Service {
  return {
    metadata: {
      namespace: 'ns1',
      name: options.name ?? 'svc1',
      ...(options.labels ? { labels: options.labels } : {}),
    },
    spec: {
      type: 'ClusterIP',
      clusterIP: '172.30.0.41',
      ports: [{ name: 'p80', protocol: 'TCP', port: 80 }],
      ...spec,
    },
    ...(options.status === undefined ? {} : { status: options.status }),
  };
}

/** A slice of `ns1/svc1`, its port `p80` at 80, unless told. An address alone stands for a ready endpoint. */
export function aSlice(
  endpoints: readonly (string | SliceEndpoint)[],
  options: {
    readonly service?: string;
    readonly addressType?: string;
    readonly ports?: EndpointSlice['ports'];
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  } = {},
): EndpointSlice {
  const { service = 'svc1', addressType = 'IPv4', annotations } = options;
  return {
    metadata: {
      namespace: 'ns1',
      name: `${service}-1`,
      labels: { [serviceNameLabel]: service, ...options.labels },
      ...(annotations ? { annotations } : {}),
    },
    addressType,
    ports: options.ports ?? [{ name: 'p80', protocol: 'TCP', port: 80 }],
    endpoints: endpoints.map((each) => (typeof each === 'string' ? { addresses: [each] } : each)),
  };
}
