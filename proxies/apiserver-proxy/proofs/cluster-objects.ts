/** Objects of a proof's own cluster, made through its API: who is where, and behind which Service. */
import { createApiClient, type ApiClient } from '../../kit/api/api-client.ts';
import type { Asked } from './ask.ts';
import type { Target } from './target.ts';

export const namespace = 'default';
const pods = `/api/v1/namespaces/${namespace}/pods`;

/** Makes them as the administrator; what it makes ends with the apiserver. */
export async function populate(
  apiserver: Asked,
  make: (client: ApiClient) => Promise<void>,
): Promise<void> {
  await using client = createApiClient({ ...apiserver, userAgent: 'hop-proof' });
  // Pods need the account of their namespace, which no controller makes here.
  await client.create(`/api/v1/namespaces/${namespace}/serviceaccounts`, {
    metadata: { name: 'default' },
  });
  await make(client);
}

type Place = Pick<Target, 'name' | 'host' | 'port'>;

/** A pod that runs where the target listens. */
export async function makePod(
  client: ApiClient,
  { name, host, port }: Place,
  nodeName?: string,
): Promise<void> {
  const made = await client.create(pods, {
    metadata: { name },
    spec: {
      ...(nodeName !== undefined && { nodeName }),
      containers: [
        { name: 'main', image: 'registry.example/none:1', ports: [{ containerPort: port }] },
      ],
    },
  });
  await client.update(`${pods}/${name}/status`, {
    ...made,
    status: { phase: 'Running', podIP: host, podIPs: [{ ip: host }] },
  });
}

export interface ServiceParts {
  readonly name: string;
  /** By name; the targets of one port are at the same number. */
  readonly ports: Readonly<Record<string, number>>;
  /** The pods behind it, which must have been made. */
  readonly ready: readonly Place[];
  readonly unready?: readonly Place[];
}

/** A Service and its Endpoints; its ports are 80, 81 and so on. */
export async function makeService(
  client: ApiClient,
  { name, ports, ready, unready = [] }: ServiceParts,
): Promise<void> {
  const entries = Object.entries(ports);
  await client.create(`/api/v1/namespaces/${namespace}/services`, {
    metadata: { name },
    spec: {
      ports: entries.map(([portName, targetPort], index) => ({
        name: portName,
        port: 80 + index,
        targetPort,
      })),
    },
  });
  await client.create(`/api/v1/namespaces/${namespace}/endpoints`, {
    metadata: { name },
    subsets: [
      {
        addresses: ready.map(addressOf),
        ...(unready.length > 0 && { notReadyAddresses: unready.map(addressOf) }),
        ports: entries.map(([portName, port]) => ({ name: portName, port })),
      },
    ],
  });
}

function addressOf({ host, name }: Place) {
  return { ip: host, targetRef: { kind: 'Pod', namespace, name } };
}

/** A node whose kubelet is the target. */
export async function makeNode(client: ApiClient, { name, host, port }: Place): Promise<void> {
  const made = await client.create('/api/v1/nodes', { metadata: { name } });
  await client.update(`/api/v1/nodes/${name}/status`, {
    ...made,
    status: {
      addresses: [{ type: 'InternalIP', address: host }],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
    },
  });
}
