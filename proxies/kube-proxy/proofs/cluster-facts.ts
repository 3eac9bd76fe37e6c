/** What the API of the running cluster says of the lab's own Services, nodes and pods. */
import { administratorOf } from '../../kit/administrator.ts';
import { createApiClient, type KubeObject } from '../../kit/api/api-client.ts';

/** A port of a Service that a kube-proxy is to know. */
export interface KnownPort {
  /** `shop/cart:admin`, or `shop/catalog` where the port has no name: the comment of its elements. */
  readonly name: string;
  readonly clusterIP: string;
  readonly protocol: string;
  readonly port: number;
}

export interface KnownEndpoint {
  readonly address: string;
  /** `namespace/name` */
  readonly pod: string;
  readonly node: string;
}

/** Namespaces that no visitor of the lab can change. */
const namespaces = ['default', 'kube-system', 'platform', 'shop'];

interface List<T> {
  readonly items: readonly T[];
}

interface Service extends KubeObject {
  readonly spec: {
    readonly type?: string;
    readonly clusterIPs?: readonly string[];
    readonly ports?: readonly {
      readonly name?: string;
      readonly port: number;
      readonly protocol?: string;
    }[];
  };
}

interface EndpointSlice extends KubeObject {
  readonly addressType: string;
  readonly endpoints?: readonly {
    readonly addresses: readonly string[];
    readonly conditions?: { readonly ready?: boolean };
    readonly nodeName?: string;
    readonly targetRef?: { readonly namespace?: string; readonly name?: string };
  }[];
}

export interface ClusterFacts {
  readonly nodes: readonly string[];
  /** Of IPv4, in the lab's own namespaces. */
  readonly ports: readonly KnownPort[];
  /** The ready ones of a Service, of IPv4. */
  endpointsOf(service: string): Promise<readonly KnownEndpoint[]>;
}

/** Asks as the administrator of the kubeconfig; disposing it ends its connections. */
export async function readCluster(kubeconfigPath: string): Promise<ClusterFacts & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const client = stack.use(createApiClient(await administratorOf(kubeconfigPath)));
  const nodes = await client.get<List<KubeObject>>('/api/v1/nodes');
  const lists = await Promise.all(
    namespaces.map((namespace) =>
      client.get<List<Service>>(`/api/v1/namespaces/${namespace}/services`),
    ),
  );
  const owned = stack.move();
  return {
    nodes: nodes.items.map(({ metadata }) => metadata.name),
    ports: lists.flatMap(({ items }) => items).flatMap(knownPorts),
    endpointsOf: async (service) => {
      const [namespace = '', name = ''] = service.split('/');
      const { items } = await client.get<List<EndpointSlice>>(
        `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
        { query: { labelSelector: `kubernetes.io/service-name=${name}` } },
      );
      return items.filter(({ addressType }) => addressType === 'IPv4').flatMap(readyEndpoints);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function knownPorts({ metadata, spec }: Service): KnownPort[] {
  const clusterIP = spec.clusterIPs?.find((one) => one.includes('.'));
  if (clusterIP === undefined || spec.type === 'ExternalName') return [];
  return (spec.ports ?? []).map(({ name = '', port, protocol = 'TCP' }) => ({
    name: `${metadata.namespace ?? ''}/${metadata.name}${name && `:${name}`}`,
    clusterIP,
    protocol,
    port,
  }));
}

function readyEndpoints({ endpoints = [] }: EndpointSlice): KnownEndpoint[] {
  return endpoints
    .filter(({ conditions }) => conditions?.ready !== false)
    .flatMap(({ addresses: [address], nodeName: node = '', targetRef = {} }) => {
      const { namespace = '', name = '' } = targetRef;
      return address === undefined ? [] : [{ address, node, pod: `${namespace}/${name}` }];
    });
}
